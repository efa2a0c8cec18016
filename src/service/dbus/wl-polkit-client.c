/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A client of polkit's CheckAuthorization. */

#include "wl-polkit-client.h"

#include "wl-log.h"

#define ALLOW_USER_INTERACTION 1u

static GError *
denied(const char *sentence)
{
    return g_error_new_literal(G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, sentence);
}

static void
on_checked(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    gboolean authorized, challenge;
    static WlRateLimit limit;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_task_return_error(task, g_steal_pointer(&error));
        return;
    }
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)) {
        g_task_return_error(task, denied("only root may do this, because polkit is not running"));
        return;
    }
    if (!reply) {
        g_dbus_error_strip_remote_error(error);
        wl_log_repeated(&limit, "failed to check authorization with polkit: %s", error->message);
        g_task_return_error(task,
                            denied("polkit failed to check the authorization; until it works, "
                                   "only root may do this"));
        return;
    }
    g_variant_get(reply, "((bba{ss}))", &authorized, &challenge, NULL);
    if (authorized)
        g_task_return_boolean(task, TRUE);
    else if (challenge)
        g_task_return_error(task, denied("this requires authentication by an administrator"));
    else
        g_task_return_error(task, denied("polkit denies this action; ask an administrator"));
}

void
wl_polkit_client_check_async(GDBusConnection *connection, const char *sender, const char *action,
                             gboolean interactive, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new(connection, cancellable, callback, user_data);
    GVariantBuilder subject;

    g_variant_builder_init(&subject, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&subject, "{sv}", "name", g_variant_new_string(sender));
    /* No timeout: the user may be typing a password. */
    g_dbus_connection_call(connection, "org.freedesktop.PolicyKit1",
                           "/org/freedesktop/PolicyKit1/Authority",
                           "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization",
                           g_variant_new("((sa{sv})sa{ss}us)", "system-bus-name", &subject, action,
                                         NULL, interactive ? ALLOW_USER_INTERACTION : 0u, ""),
                           G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                           cancellable, on_checked, task);
}

gboolean
wl_polkit_client_check_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
