package dev.lockstep.examples.spring;

import java.math.BigDecimal;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Sells what is in stock. Nothing is locked: if another instance changes the stock between our read
 * and our commit, the commit fails (SQLSTATE 40001), nothing of it was done, and the method is
 * called again.
 */
@Service
class OrderDesk {
  private final JdbcClient jdbc;

  OrderDesk(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Retryable(includes = ConcurrencyFailureException.class, maxRetries = 10, delay = 10, jitter = 10)
  @Transactional
  public Receipt place(Order order) {
    jdbc.sql("INSERT INTO purchase (reference, total) VALUES (?, 0)")
        .param(order.reference())
        .update();
    BigDecimal total = BigDecimal.ZERO;
    for (Order.Line line : order.lines()) {
      total = total.add(sell(order.reference(), line));
    }
    jdbc.sql("UPDATE purchase SET total = ? WHERE reference = ?")
        .params(total, order.reference())
        .update();
    return new Receipt(order.reference(), total);
  }

  private BigDecimal sell(String reference, Order.Line line) {
    Track track =
        jdbc.sql("SELECT id, name, price, stock FROM track WHERE id = ?")
            .param(line.trackId())
            .query(Track.class)
            .single();
    if (track.stock() < line.quantity()) {
      throw new SoldOutException(track);
    }
    jdbc.sql("UPDATE track SET stock = ? WHERE id = ?")
        .params(track.stock() - line.quantity(), track.id())
        .update();
    jdbc.sql("INSERT INTO purchase_line (reference, track_id, quantity) VALUES (?, ?, ?)")
        .params(reference, track.id(), line.quantity())
        .update();
    return track.price().multiply(BigDecimal.valueOf(line.quantity()));
  }
}
