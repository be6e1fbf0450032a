from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "aftersales.web"
    label = "web"

    def ready(self):
        from aftersales.web import middleware

        middleware.watch_sign_out()
