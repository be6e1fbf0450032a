"""Permissions from grants: what `user.has_perm` answers, also inside the admin."""

from django.contrib.auth.backends import ModelBackend

from stations.access.scope import authority


class GrantBackend(ModelBackend):
    """Passwords as Django checks them, permissions from grants only; a superuser has none by itself.

    With a row of a scoped model: what counts where that row lies. Other rows lie nowhere.
    """

    def get_all_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous:
            return set()
        held = authority(user_obj)
        return set(held.permissions_at(obj) if hasattr(obj, "scope_paths") else held.permissions)

    def get_user_permissions(self, user_obj, obj=None):
        return self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj, obj=None):
        return set()

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.is_active and perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label):
        return any(perm.partition(".")[0] == app_label for perm in self.get_all_permissions(user_obj))
