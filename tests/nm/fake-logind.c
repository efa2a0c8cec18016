/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Announces a resume on the system bus as logind does, at each SIGUSR1. Prints "ready" and its
 * process number when it owns logind's name.
 *
 * Usage: fake-logind */

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define NAME "org.freedesktop.login1"

static gboolean
on_signal(gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    if (!g_dbus_connection_emit_signal(user_data, NULL, "/org/freedesktop/login1", NAME ".Manager",
                                       "PrepareForSleep", g_variant_new("(b)", FALSE), &error))
        g_error("%s", error->message);
    return G_SOURCE_CONTINUE;
}

static void
on_acquired(GDBusConnection *connection, const char *name, gpointer user_data)
{
    g_unix_signal_add(SIGUSR1, on_signal, connection);
    g_print("ready %d\n", (int) getpid());
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
