"""The eight ways in which somebody may try to change or remove a row, on both databases."""

from collections.abc import Callable

from django.db import DatabaseError, connection, models, transaction

MUTABLE = (models.CharField, models.TextField, models.IntegerField)


def statements(model: type[models.Model]) -> dict[str, Callable[[models.Model], object]]:
    """Each statement by its name; it is given a row of the model and tries to change or remove it."""
    table, key = model._meta.db_table, model._meta.pk.column
    rows = model._base_manager
    field = next(
        each
        for each in model._meta.local_concrete_fields
        if isinstance(each, MUTABLE) and not each.primary_key and each.column == each.attname
    )
    columns = ", ".join(f'"{each.column}"' for each in model._meta.local_concrete_fields)
    same = f'INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE "{key}" = %s'
    if connection.vendor == "postgresql":
        upsert = f'{same} ON CONFLICT ("{key}") DO UPDATE SET "{field.column}" = excluded."{field.column}"'
        all_at_once = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
    else:
        upsert = same.replace("INSERT INTO", "INSERT OR REPLACE INTO", 1)
        all_at_once = f"DELETE FROM {table}"
    return {
        "orm update": lambda row: rows.filter(pk=row.pk).update(**{field.name: _value(row, field)}),
        "orm delete": lambda row: rows.filter(pk=row.pk)._raw_delete(rows.db),
        "orm save": lambda row: row.save(force_update=True),
        "orm bulk update": lambda row: rows.bulk_update([row], [field.name]),
        "update": lambda row: _run(
            f'UPDATE {table} SET "{field.column}" = "{field.column}" WHERE "{key}" = %s', row.pk
        ),
        "delete": lambda row: _run(f'DELETE FROM {table} WHERE "{key}" = %s', row.pk),
        "replace or upsert": lambda row: _run(upsert, row.pk),
        "truncate": lambda row: _run(all_at_once),
    }


def got_through(row: models.Model, *, role: str = "") -> dict[str, str]:
    """Which of the eight were carried out, and "refused" with the reason for the others; nothing is kept."""
    told = {}
    for name, statement in statements(type(row)).items():
        try:
            with transaction.atomic():
                if role:
                    _run(f'SET LOCAL ROLE "{role}"')
                statement(row)
                told[name] = "carried out"
                transaction.set_rollback(True)
        except DatabaseError as error:
            told[name] = next(
                (why for why in ("append-only", "permission denied") if why in str(error)), str(error)
            )
    return told


def _value(row: models.Model, field: models.Field):
    return getattr(row, field.attname)


def _run(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        # With parameters a statement can only be one.
        cursor.execute(statement, list(parameters) or None)
