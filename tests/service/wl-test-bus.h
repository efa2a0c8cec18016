/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * An environment for the service: own network and mount namespaces with an own /run, a private bus
 * in place of the system bus, and one service process.
 */
typedef struct {
    GTestDBus *bus;      /* or */
    GSubprocess *daemon; /* with the system's configuration and our policy */
    GDBusConnection *connection;
    GSubprocess *service;
    char *bus_name;
    const char *log;    /* a file for the messages of the service; NULL: standard error */
    const char *option; /* additional option of the service; NULL: none */
    GPtrArray *signals; /* of GVariant (name, parameters), in the order of arrival */
    guint subscription;
} WlTestBus;

/** The main() of a test that starts the service: enters namespaces of its own, which requires root,
 * and runs the tests that @add_tests adds. Without root the result is 77 (skipped), or 1 if CI is
 * set. */
int wl_test_bus_main(int argc, char **argv, void (*add_tests)(void));

WlTestBus *wl_test_bus_new(void);
/** A bus with the machine's system bus configuration, our policy and the additional policy @more,
 * for tests of access control. Its socket is in /run, so enter namespaces first. */
WlTestBus *wl_test_bus_new_system(const char *more);
void wl_test_bus_free(WlTestBus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlTestBus, wl_test_bus_free)

/** Runs a command line as another user while the main loop runs. @output: standard output and
 * standard error. TRUE if the command succeeded. */
gboolean wl_test_bus_run_as(guint uid, const char *command, char **output);
/** Starts the service with its own bus name and waits until the name is owned. */
void wl_test_bus_start_service(WlTestBus *self);
/** Runs the main loop until @condition(@user_data); FALSE after 10 s. */
gboolean wl_test_bus_wait(gboolean (*condition)(gpointer), gpointer user_data);
/** Whether the bus name or unique name @name has an owner. */
gboolean wl_test_bus_has_owner(WlTestBus *self, const char *name);
/** Calls the VPN plugin interface; NULL with *error on a D-Bus error. */
GVariant *wl_test_bus_call_plugin(WlTestBus *self, const char *method, GVariant *parameters,
                                  GError **error);
GVariant *wl_test_bus_call(WlTestBus *self, const char *path, const char *interface,
                           const char *method, GVariant *parameters, GError **error);
/** Waits for the plugin signal @name and returns the parameters of its latest occurrence. */
GVariant *wl_test_bus_wait_signal(WlTestBus *self, const char *name);
/** Position of the first occurrence of the plugin signal, or -1. */
int wl_test_bus_signal_index(WlTestBus *self, const char *name);
/** Waits until the service has exited. */
void wl_test_bus_wait_exit(WlTestBus *self);
