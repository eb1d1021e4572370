from django.db import migrations, models

import conversations.trace


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0006_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='turn',
            name='trace',
            field=models.CharField(blank=True, default=conversations.trace.current, max_length=64),
        ),
    ]
