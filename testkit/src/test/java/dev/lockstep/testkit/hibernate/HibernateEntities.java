package dev.lockstep.testkit.hibernate;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SequenceGenerator;
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

  /** Ids as Hibernate chooses: by a sequence of its own. */
  @Entity(name = "Event")
  static class Event {
    @Id @GeneratedValue Long id;
  }

  /** Each id is taken by itself. */
  @Entity(name = "Ticket")
  static class Ticket {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "ticket")
    @SequenceGenerator(
        name = "ticket",
        sequenceName = "ticket_numbers",
        initialValue = 1_000,
        allocationSize = 1)
    Integer id;
  }

  /** A part of its id is of a sequence. */
  @Entity(name = "Page")
  @IdClass(PageId.class)
  static class Page {
    @Id String book;

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    Long number;

    protected Page() {}

    Page(String book) {
      this.book = book;
    }
  }

  /** What identifies a page. */
  record PageId(String book, Long number) {}

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
