/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Follows a profile as other programs do: requests its secrets at each change that NetworkManager
 * signals, which includes changes caused by such requests. Prints "ready" once it is subscribed,
 * and runs until it is killed.
 *
 * Usage: secrets-asker PROFILE-PATH all|others
 *
 * others: ignores one change for each of its own requests, so that it becomes idle. */

#include <NetworkManager.h>
#include <stdlib.h>

static gboolean others_only;
static guint own; /* changes that our requests will still cause */
static gboolean asking, again;

static void ask(GDBusConnection *bus, const char *path);

static void
on_secrets(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (!reply)
        g_error("%s", error->message);
    asking = FALSE;
    if (again)
        ask(G_DBUS_CONNECTION(source), user_data);
}

static void
ask(GDBusConnection *bus, const char *path)
{
    again = asking;
    if (asking)
        return;
    asking = TRUE;
    own++;
    g_dbus_connection_call(bus, NM_DBUS_SERVICE, path, NM_DBUS_INTERFACE_SETTINGS_CONNECTION,
                           "GetSecrets", g_variant_new("(s)", NM_SETTING_VPN_SETTING_NAME), NULL,
                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_secrets, (gpointer) path);
}

static void
on_updated(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
    if (others_only && own > 0)
        own--;
    else
        ask(bus, user_data);
}

int
main(int argc, char **argv)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);
    g_autoptr(GVariant) reply = NULL;

    if (argc != 3 || !bus)
        return EXIT_FAILURE;
    others_only = g_str_equal(argv[2], "others");
    g_dbus_connection_signal_subscribe(bus, NM_DBUS_SERVICE, NM_DBUS_INTERFACE_SETTINGS_CONNECTION,
                                       "Updated", argv[1], NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                       on_updated, argv[1], NULL);
    /* The bus has processed the subscription once it replies to a later call. */
    reply = g_dbus_connection_call_sync(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "GetId", NULL, NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    if (!reply)
        return EXIT_FAILURE;
    g_print("ready\n");
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}
