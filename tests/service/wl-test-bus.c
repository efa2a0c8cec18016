/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces, a private bus and service processes for tests. The struct owns the processes and
 * ends them when it is freed. A failed step ends the test.
 */
#include "wl-test-bus.h"

#include <NetworkManager.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE_SECONDS 60

static gboolean
enter_namespaces(void)
{
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
        return FALSE;
    /* sysfs and sysctls of the new network namespace; an own /run for control sockets. */
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/run", "tmpfs", 0, "mode=755") == 0;
}

int
wl_test_bus_main(int argc, char **argv, void (*add_tests)(void))
{
    gboolean isolated = enter_namespaces(); /* before any thread exists */

    g_test_init(&argc, &argv, NULL);
    if (!isolated) {
        g_test_message("needs root: the service creates links");
        return g_getenv("CI") ? 1 : 77;
    }
    add_tests();
    return g_test_run();
}

static gboolean
on_deadline(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_REMOVE;
}

gboolean
wl_test_bus_wait(gboolean (*condition)(gpointer), gpointer user_data)
{
    gboolean late = FALSE;
    guint id = g_timeout_add_seconds(DEADLINE_SECONDS, on_deadline, &late);

    while (!condition(user_data) && !late)
        g_main_context_iteration(NULL, TRUE);
    if (!late)
        g_source_remove(id);
    return !late;
}

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
    WlTestBus *self = user_data;

    g_ptr_array_add(self->signals, g_variant_ref_sink(g_variant_new("(s@*)", signal, parameters)));
}

static void
connect_to(WlTestBus *self, const char *address)
{
    g_autoptr(GError) error = NULL;

    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
    self->connection =
        g_dbus_connection_new_for_address_sync(address,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);
    g_assert_no_error(error);
    self->signals = g_ptr_array_new_with_free_func((GDestroyNotify) g_variant_unref);
    self->subscription = g_dbus_connection_signal_subscribe(
        self->connection, NULL, NM_VPN_DBUS_PLUGIN_INTERFACE, NULL, NM_VPN_DBUS_PLUGIN_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
}

WlTestBus *
wl_test_bus_new(void)
{
    WlTestBus *self = g_new0(WlTestBus, 1);

    self->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(self->bus);
    connect_to(self, g_test_dbus_get_bus_address(self->bus));
    return self;
}

WlTestBus *
wl_test_bus_new_system(const char *more)
{
    WlTestBus *self = g_new0(WlTestBus, 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *config = g_strdup_printf(
        "<busconfig><include>/usr/share/dbus-1/system.conf</include><include>%s</include>%s"
        "</busconfig>",
        g_getenv("WIRELINK_BUS_POLICY"), more);
    g_autoptr(GInputStream) output = NULL;
    char ready;

    g_assert_cmpint(g_mkdir_with_parents("/run/dbus", 0755), ==, 0);
    /* Regardless of the umask, because other users connect. */
    g_assert_cmpint(chmod("/run/dbus", 0755), ==, 0);
    g_assert_true(g_file_set_contents("/run/dbus/test.conf", config, -1, &error));
    g_assert_no_error(error);
    self->daemon = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "dbus-daemon",
                                    "--config-file=/run/dbus/test.conf", "--nofork", "--nopidfile",
                                    "--nosyslog", "--print-address", NULL);
    g_assert_no_error(error);
    output = g_object_ref(g_subprocess_get_stdout_pipe(self->daemon));
    g_assert_cmpint(g_input_stream_read(output, &ready, 1, NULL, NULL), ==, 1);
    connect_to(self, "unix:path=/run/dbus/system_bus_socket");
    return self;
}

typedef struct {
    gboolean done;
    char **output;
} Communication;

static void
on_communicated(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Communication *communication = user_data;
    g_autoptr(GError) error = NULL;

    g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, communication->output, NULL,
                                         &error);
    g_assert_no_error(error);
    communication->done = TRUE;
}

gboolean
wl_test_bus_run_as(guint uid, const char *command, char **output)
{
    g_autofree char *line =
        g_strdup_printf("setpriv --reuid %u --regid %u --clear-groups timeout %u %s", uid, uid,
                        DEADLINE_SECONDS, command);
    Communication communication = {.output = output};
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = NULL;

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &error));
    process =
        g_subprocess_newv((const char *const *) argv,
                          G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
    g_assert_no_error(error);
    g_subprocess_communicate_utf8_async(process, NULL, NULL, on_communicated, &communication);
    while (!communication.done)
        g_main_context_iteration(NULL, TRUE);
    return g_subprocess_get_if_exited(process) && g_subprocess_get_exit_status(process) == 0;
}

void
wl_test_bus_free(WlTestBus *self)
{
    if (self->service) {
        g_subprocess_force_exit(self->service);
        g_subprocess_wait(self->service, NULL, NULL);
        g_object_unref(self->service);
    }
    g_dbus_connection_signal_unsubscribe(self->connection, self->subscription);
    g_dbus_connection_close_sync(self->connection, NULL, NULL);
    g_object_unref(self->connection);
    if (self->bus) {
        g_test_dbus_down(self->bus);
        g_object_unref(self->bus);
    } else {
        g_subprocess_force_exit(self->daemon);
        g_subprocess_wait(self->daemon, NULL, NULL);
        g_object_unref(self->daemon);
        unlink("/run/dbus/system_bus_socket");
    }
    g_ptr_array_unref(self->signals);
    g_free(self->bus_name);
    g_free(self);
}

gboolean
wl_test_bus_has_owner(WlTestBus *self, const char *name)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new("(s)", name), G_VARIANT_TYPE("(b)"), G_DBUS_CALL_FLAGS_NONE,
        -1, NULL, NULL);
    gboolean owned;

    g_assert_nonnull(reply);
    g_variant_get(reply, "(b)", &owned);
    return owned;
}

static gboolean
name_is_owned(gpointer user_data)
{
    WlTestBus *self = user_data;

    g_main_context_wakeup(NULL);
    return wl_test_bus_has_owner(self, self->bus_name);
}

void
wl_test_bus_start_service(WlTestBus *self)
{
    static guint number;
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autoptr(GError) error = NULL;

    g_free(self->bus_name);
    self->bus_name =
        g_strdup_printf("org.freedesktop.NetworkManager.wirelink.Connection_%u", ++number);
    g_clear_object(&self->service);
    g_ptr_array_set_size(self->signals, 0);
    if (self->log)
        g_subprocess_launcher_set_stderr_file_path(launcher, self->log);
    self->service = g_subprocess_launcher_spawn(launcher, &error, g_getenv("WIRELINK_SERVICE"),
                                                "--bus-name", self->bus_name, self->option, NULL);
    g_assert_no_error(error);
    g_assert_true(wl_test_bus_wait(name_is_owned, self));
}

GVariant *
wl_test_bus_call(WlTestBus *self, const char *path, const char *interface, const char *method,
                 GVariant *parameters, GError **error)
{
    return g_dbus_connection_call_sync(self->connection, self->bus_name, path, interface, method,
                                       parameters, NULL, G_DBUS_CALL_FLAGS_NONE,
                                       DEADLINE_SECONDS * 1000, NULL, error);
}

GVariant *
wl_test_bus_call_plugin(WlTestBus *self, const char *method, GVariant *parameters, GError **error)
{
    return wl_test_bus_call(self, NM_VPN_DBUS_PLUGIN_PATH, NM_VPN_DBUS_PLUGIN_INTERFACE, method,
                            parameters, error);
}

static GVariant *
find_signal(WlTestBus *self, const char *name)
{
    for (guint i = self->signals->len; i > 0; i--) {
        GVariant *signal = g_ptr_array_index(self->signals, i - 1);
        const char *its;

        g_variant_get_child(signal, 0, "&s", &its);
        if (g_str_equal(its, name))
            return signal;
    }
    return NULL;
}

typedef struct {
    WlTestBus *bus;
    const char *name;
} Awaited;

static gboolean
has_signal(gpointer user_data)
{
    Awaited *awaited = user_data;

    return find_signal(awaited->bus, awaited->name) != NULL;
}

GVariant *
wl_test_bus_wait_signal(WlTestBus *self, const char *name)
{
    Awaited awaited = {self, name};

    if (!wl_test_bus_wait(has_signal, &awaited))
        g_error("no signal %s within %d s", name, DEADLINE_SECONDS);
    return g_variant_get_child_value(find_signal(self, name), 1);
}

int
wl_test_bus_signal_index(WlTestBus *self, const char *name)
{
    for (guint i = 0; i < self->signals->len; i++) {
        const char *its;

        g_variant_get_child(g_ptr_array_index(self->signals, i), 0, "&s", &its);
        if (g_str_equal(its, name))
            return (int) i;
    }
    return -1;
}

static void
on_exited(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    *(gboolean *) user_data = TRUE;
}

static gboolean
is_true(gpointer user_data)
{
    return *(gboolean *) user_data;
}

void
wl_test_bus_wait_exit(WlTestBus *self)
{
    gboolean exited = FALSE;

    g_subprocess_wait_async(self->service, NULL, on_exited, &exited);
    if (!wl_test_bus_wait(is_true, &exited))
        g_error("the service did not end within %d s", DEADLINE_SECONDS);
}
