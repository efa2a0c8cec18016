/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The program: options, signals, privileges and the main loop around one WlService. It exits when
 * the connection ends, when NetworkManager disappears, or when NetworkManager gives up the
 * activation before calling Connect. Exit status: 0 success, 1 failure, 2 wrong usage. */

#include <errno.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "wl-activation-watch.h"
#include "wl-bus-name.h"
#include "wl-cleanup.h"
#include "wl-log.h"
#include "wl-privileges.h"
#include "wl-raw-sockets.h"
#include "wl-service.h"

static gboolean
on_signal(gpointer user_data)
{
    g_main_loop_quit(user_data);
    return G_SOURCE_CONTINUE;
}

static void
on_quit(NMVpnServicePlugin *plugin, gpointer user_data)
{
    g_main_loop_quit(user_data);
}

/* Disconnect in order and send all queued messages. */
static void
finish(WlService *service)
{
    g_autoptr(GDBusConnection) connection =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(service));
    g_autoptr(GError) ignored = NULL;

    nm_vpn_service_plugin_disconnect(NM_VPN_SERVICE_PLUGIN(service), &ignored);
    wl_service_shut_down(service);
    g_dbus_connection_flush_sync(connection, NULL, NULL);
}

static int
cleanup(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removed = wl_cleanup_unserved(&error);

    if (!removed) {
        g_printerr("nm-wirelink-service: %s\n", error->message);
        return EXIT_FAILURE;
    }
    for (guint i = 0; i < removed->len; i++)
        g_print("removed: %s\n", (char *) removed->pdata[i]);
    return EXIT_SUCCESS;
}

typedef struct {
    WlService *service;
    GMainLoop *loop;
    WlActivationWatch *activation_watch; /* NULL: not started by NetworkManager */
    guint watch;
} Manager;

static void
on_manager_gone(GDBusConnection *connection, const char *name, gpointer user_data)
{
    Manager *manager = user_data;

    g_main_loop_quit(manager->loop);
}

static void
on_activation_given_up(gpointer user_data)
{
    Manager *manager = user_data;

    if (wl_service_is_used(manager->service))
        return; /* NetworkManager calls Disconnect */
    g_message("NetworkManager gave up this activation before calling Connect");
    g_main_loop_quit(manager->loop);
}

/*
 * libnm watches the caller of Connect only. Without this a NetworkManager that exits or gives up
 * before that call leaves this process behind. NM_VPN_LOG_LEVEL marks a child of NetworkManager.
 */
static void
end_with_manager(Manager *manager, const char *bus_name)
{
    g_autoptr(GDBusConnection) connection =
        nm_vpn_service_plugin_get_connection(NM_VPN_SERVICE_PLUGIN(manager->service));

    if (!g_getenv("NM_VPN_LOG_LEVEL"))
        return;
    manager->watch =
        g_bus_watch_name_on_connection(connection, NM_DBUS_SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       NULL, on_manager_gone, manager, NULL);
    manager->activation_watch =
        wl_activation_watch_new(connection, bus_name, on_activation_given_up, manager);
}

static void
manager_clear(Manager *manager)
{
    g_clear_handle_id(&manager->watch, g_bus_unwatch_name);
    g_clear_pointer(&manager->activation_watch, wl_activation_watch_free);
}

int
main(int argc, char **argv)
{
    g_autofree char *bus_name = NULL;
    gboolean persist = FALSE, debug = FALSE, cleanup_only = FALSE, version = FALSE;
    const GOptionEntry entries[] = {
        {"bus-name", 0, 0, G_OPTION_ARG_STRING, &bus_name,
         "Bus name of this process (default " WL_BUS_NAME_BASE ")", "NAME"},
        {"persist", 0, 0, G_OPTION_ARG_NONE, &persist, "Keep running when the connection ends",
         NULL},
        {"debug", 0, 0, G_OPTION_ARG_NONE, &debug,
         "Log all messages to standard error and do not exit with the caller", NULL},
        {"cleanup", 0, 0, G_OPTION_ARG_NONE, &cleanup_only,
         "Remove what killed service processes left behind, list it, and exit", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- wirelink for NetworkManager");
    g_autoptr(GError) error = NULL;

    setlocale(LC_ALL, "");
    umask(0077);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context, "NetworkManager starts this program for each active wirelink profile. Do not "
                 "start it manually.");
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("nm-wirelink-service: %s; see --help\n", error->message);
        return 2;
    }
    if (version) {
        g_print("nm-wirelink-service %s\n", WL_VERSION);
        return EXIT_SUCCESS;
    }
    if (cleanup_only)
        return cleanup();

    wl_log_init("nm-wirelink-service", debug);
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0) {
        g_critical("failed to initialize libsodium");
        return EXIT_FAILURE;
    }
    WlRawSockets raw;

    wl_raw_sockets_open(&raw);
    wl_privileges_drop();

    if (!bus_name)
        bus_name = g_strdup(WL_BUS_NAME_BASE);
    g_autoptr(WlService) service = wl_service_new(bus_name, !debug, &raw, &error);

    if (!service) {
        g_critical("%s", error->message);
        return EXIT_FAILURE;
    }
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Manager manager = {.service = service, .loop = loop};

    /* Replace libnm's handlers, which run in signal context. */
    g_unix_signal_add(SIGTERM, on_signal, loop);
    g_unix_signal_add(SIGINT, on_signal, loop);
    if (!persist)
        g_signal_connect(service, "quit", G_CALLBACK(on_quit), loop);
    if (!persist && !debug)
        end_with_manager(&manager, bus_name);
    g_main_loop_run(loop);
    manager_clear(&manager);
    finish(service);
    return EXIT_SUCCESS;
}
