"""Storage: core's ports on SQLite and PostgreSQL.

What SQLAlchemy is for here, and what not:

- Its Core describes the tables, the types of columns and every statement, for both databases at once, and Alembic
  brings tables up to date by that description. Nobody writes SQL as text.
- Its ORM is not used. The domain's own values are immutable and checked when they are made, and what a transaction
  changes is said by a use case. A unit of work that compares objects, loads lazily and decides by itself when to write
  would be a second place for that, and takes longer than the statements it sends.
- Its execution is for what happens now and then: lists, administration, migrations. What every request and every
  decision does is prepared once (`bot.db.prepared`) and run by the driver, with the same types and errors. With what
  came beside it, whole promotions went from 40 a second to 95 and more on SQLite (`tests/benchmarks`).
- On SQLite no async driver is between: a transaction runs whole on one thread (`bot.db.sqlite`), and those who write
  at the same time share one commit (`bot.db.sqlite_writer`).
"""
