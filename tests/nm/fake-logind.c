/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Announces a suspend (SIGUSR1) and a resume (SIGUSR2) on the system bus as logind does. Prints
 * "ready" when it owns logind's name.
 *
 * Usage: fake-logind */

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>

#define NAME "org.freedesktop.login1"

static void
announce(GDBusConnection *connection, gboolean start)
{
    g_autoptr(GError) error = NULL;

    if (!g_dbus_connection_emit_signal(connection, NULL, "/org/freedesktop/login1", NAME ".Manager",
                                       "PrepareForSleep", g_variant_new("(b)", start), &error))
        g_error("%s", error->message);
}

static gboolean
on_suspend(gpointer user_data)
{
    announce(user_data, TRUE);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_resume(gpointer user_data)
{
    announce(user_data, FALSE);
    return G_SOURCE_CONTINUE;
}

static void
on_acquired(GDBusConnection *connection, const char *name, gpointer user_data)
{
    g_unix_signal_add(SIGUSR1, on_suspend, connection);
    g_unix_signal_add(SIGUSR2, on_resume, connection);
    g_print("ready\n");
}

static void
on_lost(GDBusConnection *connection, const char *name, gpointer user_data)
{
    g_error("the bus does not let this program own %s", name);
}

int
main(int argc, char **argv)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

    g_bus_own_name(G_BUS_TYPE_SYSTEM, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, on_acquired, on_lost,
                   NULL, NULL);
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}
