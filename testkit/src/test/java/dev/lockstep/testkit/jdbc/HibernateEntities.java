package dev.lockstep.testkit.jdbc;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What the tests of Hibernate map. */
final class HibernateEntities {
  private HibernateEntities() {}

  enum Kind {
    PRIVATE,
    BUSINESS
  }

  /** Ids by the database, and a version. */
  @Entity(name = "Account")
  static class Account {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    @Version int version;

    @Column(unique = true, nullable = false)
    String name;

    int ordinal;

    long balance;

    protected Account() {}

    Account(String name, long balance) {
      this.name = name;
      this.balance = balance;
    }
  }

  /** Ids by Hibernate's table of ids. */
  @Entity(name = "Invoice")
  static class Invoice {
    @Id
    @GeneratedValue(strategy = GenerationType.AUTO)
    Long id;

    @ManyToOne(optional = false)
    Account account;

    @OneToMany(mappedBy = "invoice", cascade = CascadeType.ALL)
    List<Line> lines = new ArrayList<>();

    protected Invoice() {}

    Invoice(Account account) {
      this.account = account;
    }

    void add(String text) {
      lines.add(new Line(this, text));
    }
  }

  /** A line of an invoice. */
  @Entity(name = "InvoiceLine")
  static class Line {
    @Id
    @GeneratedValue(strategy = GenerationType.AUTO)
    Long id;

    @ManyToOne(optional = false)
    Invoice invoice;

    String text;

    protected Line() {}

    Line(Invoice invoice, String text) {
      this.invoice = invoice;
      this.text = text;
    }
  }

  /** Ids from the table of ids, taken in autocommit mode. */
  @Entity(name = "Event")
  static class Event {
    @Id @HibernateIds.FromTable Long id;
  }

  /** One attribute of each type that applications store. */
  @Entity(name = "Sample")
  static class Sample {
    @Id UUID id;

    @Column(precision = 10, scale = 2)
    BigDecimal price;

    boolean active;
    Integer count;
    double ratio;
    LocalDate day;
    LocalDateTime moment;
    Instant instant;
    byte[] bytes;

    @Lob String text;

    @Enumerated(EnumType.STRING)
    Kind kind;
  }
}
