"""Every address of the site."""

from allauth.account import views as accounts
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from conversations.admin.entrance import sign_in

# Of allauth only what works here: nobody signs up alone, and without mail there are no addresses to manage.
account_urls = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("password/change/", accounts.password_change, name="account_change_password"),
]

# Before the admin's own, which know neither the throttle of the one entrance nor the pages that must close.
admin_urls = [
    path("login/", sign_in),
    path("logout/", accounts.logout),
    path("password_change/", RedirectView.as_view(pattern_name="account_change_password")),
]

urlpatterns = [
    path("", include("conversations.web.urls")),
    path("accounts/", include(account_urls)),
    path("admin/", include(admin_urls)),
    path("admin/", admin.site.urls),
]

handler400 = "conversations.web.errors.bad_request"
handler500 = "conversations.web.errors.server_error"
