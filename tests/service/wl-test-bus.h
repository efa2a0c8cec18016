/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * A place to run the service in: network, mount and process-visible /run of our own, a private bus
 * that stands for the system bus, and one running service.
 */
typedef struct {
    GTestDBus *bus;      /* or */
    GSubprocess *daemon; /* with the system's configuration and our policy */
    GDBusConnection *connection;
    GSubprocess *service;
    char *bus_name;
    const char *option; /* one more for the service; NULL: none */
    GPtrArray *signals; /* of GVariant (name, parameters), in the order of arrival */
    guint subscription;
} WlTestBus;

/** To be called before any thread exists. FALSE if this process may not (not root). */
gboolean wl_test_bus_enter_namespaces(void);

WlTestBus *wl_test_bus_new(void);
/** With the configuration of the machine's system bus, our policy and @more of it, for tests of who
 * may do what. In /run, which must be our own. */
WlTestBus *wl_test_bus_new_system(const char *more);
void wl_test_bus_free(WlTestBus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTestBus, wl_test_bus_free)

/** Runs a command line as another user while the main loop goes on; its output, both kinds. TRUE if
 * it succeeded. */
gboolean wl_test_bus_run_as(guint uid, const char *command, char **output);
/** Starts the service with a bus name of its own and waits until the name is owned. */
void wl_test_bus_start_service(WlTestBus *self);
/** Runs the main loop until @condition(@user_data); FALSE after 10 s. */
gboolean wl_test_bus_wait(gboolean (*condition)(gpointer), gpointer user_data);
/** Somebody has the bus name, or unique name, @name. */
gboolean wl_test_bus_has_owner(WlTestBus *self, const char *name);
/** A call to the VPN plugin interface; NULL with *error on a D-Bus error. */
GVariant *wl_test_bus_call_plugin(WlTestBus *self, const char *method, GVariant *parameters,
                                  GError **error);
GVariant *wl_test_bus_call(WlTestBus *self, const char *path, const char *interface,
                           const char *method, GVariant *parameters, GError **error);
/** Waits for the plugin signal @name and returns the parameters of its latest occurrence. */
GVariant *wl_test_bus_wait_signal(WlTestBus *self, const char *name);
/** Position of the first occurrence of the plugin signal, or -1. */
int wl_test_bus_signal_index(WlTestBus *self, const char *name);
/** Waits until the service has ended by itself. */
void wl_test_bus_wait_exit(WlTestBus *self);
