-- A music shop. The column names are those of the Chinook sample data.

CREATE TABLE Artist (
  ArtistId INTEGER PRIMARY KEY,
  Name VARCHAR(120) NOT NULL
);

CREATE TABLE Album (
  AlbumId INTEGER PRIMARY KEY,
  Title VARCHAR(160) NOT NULL,
  ArtistId INTEGER NOT NULL REFERENCES Artist (ArtistId)
);

CREATE TABLE MediaType (
  MediaTypeId INTEGER PRIMARY KEY,
  Name VARCHAR(120) NOT NULL UNIQUE
);

CREATE TABLE Genre (
  GenreId INTEGER PRIMARY KEY,
  Name VARCHAR(120) NOT NULL UNIQUE
);

CREATE TABLE Track (
  TrackId INTEGER PRIMARY KEY,
  Name VARCHAR(200) NOT NULL,
  AlbumId INTEGER REFERENCES Album (AlbumId),
  MediaTypeId INTEGER NOT NULL REFERENCES MediaType (MediaTypeId),
  GenreId INTEGER REFERENCES Genre (GenreId),
  Composer VARCHAR(220),
  Milliseconds INTEGER NOT NULL CHECK (Milliseconds > 0),
  Bytes BIGINT,
  UnitPrice DECIMAL(10, 2) NOT NULL CHECK (UnitPrice >= 0)
);

CREATE TABLE Playlist (
  PlaylistId INTEGER PRIMARY KEY,
  Name VARCHAR(120) NOT NULL
);

CREATE TABLE PlaylistTrack (
  PlaylistId INTEGER NOT NULL REFERENCES Playlist (PlaylistId),
  TrackId INTEGER NOT NULL REFERENCES Track (TrackId),
  PRIMARY KEY (PlaylistId, TrackId)
) WITHOUT ROWID;

CREATE TABLE Employee (
  EmployeeId INTEGER PRIMARY KEY,
  LastName VARCHAR(20) NOT NULL,
  FirstName VARCHAR(20) NOT NULL,
  Title VARCHAR(30),
  -- Deferred, so that employees can be loaded in any order.
  ReportsTo INTEGER REFERENCES Employee (EmployeeId) DEFERRABLE INITIALLY DEFERRED,
  BirthDate TIMESTAMP,
  HireDate TIMESTAMP,
  Address VARCHAR(70),
  City VARCHAR(40),
  State VARCHAR(40),
  Country VARCHAR(40),
  PostalCode VARCHAR(10),
  Phone VARCHAR(24),
  Fax VARCHAR(24),
  Email VARCHAR(60) UNIQUE
);

CREATE TABLE Customer (
  CustomerId INTEGER PRIMARY KEY,
  FirstName VARCHAR(40) NOT NULL,
  LastName VARCHAR(20) NOT NULL,
  Company VARCHAR(80),
  Address VARCHAR(70),
  City VARCHAR(40),
  State VARCHAR(40),
  Country VARCHAR(40),
  PostalCode VARCHAR(10),
  Phone VARCHAR(24),
  Fax VARCHAR(24),
  Email VARCHAR(60) NOT NULL UNIQUE,
  SupportRepId INTEGER REFERENCES Employee (EmployeeId)
);

CREATE TABLE Invoice (
  InvoiceId INTEGER PRIMARY KEY,
  CustomerId INTEGER NOT NULL REFERENCES Customer (CustomerId),
  InvoiceDate TIMESTAMP NOT NULL,
  BillingAddress VARCHAR(70),
  BillingCity VARCHAR(40),
  BillingState VARCHAR(40),
  BillingCountry VARCHAR(40),
  BillingPostalCode VARCHAR(10),
  Total DECIMAL(10, 2) NOT NULL
);

CREATE TABLE InvoiceLine (
  InvoiceLineId INTEGER PRIMARY KEY,
  InvoiceId INTEGER NOT NULL REFERENCES Invoice (InvoiceId),
  TrackId INTEGER NOT NULL REFERENCES Track (TrackId),
  UnitPrice DECIMAL(10, 2) NOT NULL,
  Quantity INTEGER NOT NULL CHECK (Quantity > 0)
);

-- SQLite makes no index for a foreign key by itself.
CREATE INDEX AlbumArtist ON Album (ArtistId);
CREATE INDEX TrackAlbum ON Track (AlbumId);
CREATE INDEX TrackGenre ON Track (GenreId);
CREATE INDEX TrackMediaType ON Track (MediaTypeId);
CREATE INDEX PlaylistTrackTrack ON PlaylistTrack (TrackId);
CREATE INDEX EmployeeReportsTo ON Employee (ReportsTo);
CREATE INDEX CustomerSupportRep ON Customer (SupportRepId);
CREATE INDEX InvoiceCustomer ON Invoice (CustomerId);
CREATE INDEX InvoiceLineInvoice ON InvoiceLine (InvoiceId);
CREATE INDEX InvoiceLineTrack ON InvoiceLine (TrackId);
