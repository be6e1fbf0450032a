from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SubmissionKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client", models.CharField(max_length=80, verbose_name="client")),
                ("key", models.CharField(max_length=64, verbose_name="key")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("object_type", models.CharField(blank=True, max_length=100, verbose_name="object type")),
                ("object_id", models.CharField(blank=True, max_length=64, verbose_name="object")),
                ("response", models.JSONField(blank=True, null=True, verbose_name="response")),
                ("created_at", models.DateTimeField(db_index=True, verbose_name="created at")),
            ],
            options={
                "verbose_name": "submission key",
                "verbose_name_plural": "submission keys",
                "constraints": [
                    models.UniqueConstraint(fields=("client", "key"), name="web_submission_key_once"),
                ],
            },
        ),
    ]
