from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0014_pictures"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="usageday",
            name="usage_of_person",
        ),
        migrations.AddIndex(
            model_name="usageday",
            index=models.Index(
                fields=["person_code", "day", "prompt_tokens", "completion_tokens"], name="usage_of_people"
            ),
        ),
    ]
