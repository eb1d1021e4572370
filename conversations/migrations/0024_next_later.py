from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0023_media"),
    ]

    operations = [
        migrations.AddField(
            model_name="nextmessage",
            name="is_later",
            field=models.BooleanField(default=False),
        ),
    ]
