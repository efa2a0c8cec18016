/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floods of D-Bus calls by several users: how much work a decision about a path may have to wait
 * for. It is measured in CPU time of the main thread, so that a loaded machine does not matter.
 * Requires root, for the users.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load-session.h"
#include "wl-objects.h"
#include "wl-test-profile.h"
#include "wl-user-quota.h"

#define PEERS       250
#define PIPELINE    500 /* calls of one user that are under way */
#define DECISION_MS 10
#define SECONDS     4
#define ADDRESS     "unix:path=/run/dbus/system_bus_socket"

/* The most CPU time between two decisions. */
#define MAX_STALL_US (100 * 1000)

/* Unprivileged users that exist on every Debian system: nobody, daemon, bin, sys. */
static const guint users[] = {65534, 1, 2, 3};

static const char bus_policy[] =
    "<policy context='default'><allow send_type='method_call'/><allow own='*'/></policy>";

static GDBusConnection *
connect_to_bus(void)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection =
        g_dbus_connection_new_for_address_sync(ADDRESS,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    return connection;
}

/* ---- the serving process ---- */

typedef struct {
    GMainLoop *loop;
    gint64 cpu, most; /* of the thread, µs */
    guint decisions;
} Server;

static gint64
thread_cpu(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* What has its time, as the engine's deadline and its sockets have. */
static gboolean
on_decision(gpointer user_data)
{
    Server *server = user_data;
    gint64 cpu = thread_cpu();

    if (server->decisions++ > 0)
        server->most = MAX(server->most, cpu - server->cpu);
    server->cpu = cpu;
    return G_SOURCE_CONTINUE;
}

static gboolean
on_input(GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
    g_main_loop_quit(((Server *) user_data)->loop);
    return G_SOURCE_REMOVE;
}

static int
serve(void)
{
    g_autoptr(GDBusConnection) connection = connect_to_bus();
    g_autoptr(GIOChannel) input = g_io_channel_unix_new(0);
    g_autoptr(GError) error = NULL;
    WlObjectsSettings settings = {.id = "flood", .front_end = "networkmanager"};
    Server server = {.loop = g_main_loop_new(NULL, FALSE)};
    WlSession *session = load_session_new(PEERS);
    WlObjects *objects = wl_objects_new(connection, session, &settings, &error);
    gint64 before;

    g_assert_no_error(error);
    g_print("%s\n", g_dbus_connection_get_unique_name(connection));
    before = thread_cpu();
    g_timeout_add(DECISION_MS, on_decision, &server);
    g_io_add_watch(input, G_IO_HUP, on_input, &server);
    g_main_loop_run(server.loop);
    g_print("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", server.most, thread_cpu() - before);
    g_main_loop_unref(server.loop);
    wl_objects_free(objects);
    load_session_free(session);
    return EXIT_SUCCESS;
}

/* ---- a flooding process ---- */

typedef struct {
    GDBusConnection *connection;
    const char *server;
    guint replies, refused;
} Flood;

static void call(Flood *flood);

static void
on_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Flood *flood = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (reply)
        flood->replies++;
    else if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
        flood->refused++;
    else
        g_error("%s", error->message);
    call(flood);
}

/* GetFacts and GetManagedObjects are the most expensive ones, Get of a counter reads the device. */
static void
call(Flood *flood)
{
    if (flood->replies % 2)
        g_dbus_connection_call(flood->connection, flood->server, WL_OBJECTS_ROOT,
                               "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                               NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_reply, flood);
    else
        g_dbus_connection_call(flood->connection, flood->server, WL_OBJECTS_ROOT "/link",
                               "org.freedesktop.DBus.Properties", "GetAll",
                               g_variant_new("(s)", LINK), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                               on_reply, flood);
}

static gboolean
on_end(gpointer user_data)
{
    g_main_loop_quit(user_data);
    return G_SOURCE_REMOVE;
}

static int
flood(guint uid, const char *server)
{
    Flood flood = {.server = server};
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

    g_assert_cmpint(setresgid(uid, uid, uid), ==, 0);
    g_assert_cmpint(setresuid(uid, uid, uid), ==, 0);
    flood.connection = connect_to_bus();
    for (guint i = 0; i < PIPELINE; i++)
        call(&flood);
    g_timeout_add_seconds(SECONDS, on_end, loop);
    g_main_loop_run(loop);
    g_print("%u %u\n", flood.replies, flood.refused);
    return EXIT_SUCCESS;
}

/* ---- the test ---- */

static char *
read_line(GSubprocess *process)
{
    GDataInputStream *stream = g_object_get_data(G_OBJECT(process), "stream");
    char *line;

    if (!stream) {
        stream = g_data_input_stream_new(g_subprocess_get_stdout_pipe(process));
        g_object_set_data_full(G_OBJECT(process), "stream", stream, g_object_unref);
    }
    line = g_data_input_stream_read_line(stream, NULL, NULL, NULL);
    g_assert_nonnull(line);
    return line;
}

static GSubprocess *
start(const char *mode, const char *first, const char *second)
{
    g_autoptr(GError) error = NULL;
    GSubprocess *process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                         "/proc/self/exe", mode, first, second, NULL);

    g_assert_no_error(error);
    return process;
}

static void
run(gint64 *most, gint64 *all, guint *replies, guint *refused)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new_system(bus_policy);
    g_autoptr(GSubprocess) server = start("--serve", NULL, NULL);
    g_autofree char *name = read_line(server), *result = NULL;
    GSubprocess *floods[G_N_ELEMENTS(users)];
    g_autoptr(GError) error = NULL;

    *replies = *refused = 0;
    for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
        g_autofree char *uid = g_strdup_printf("%u", users[i]);
        floods[i] = start("--flood", uid, name);
    }
    for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
        g_autofree char *line = read_line(floods[i]);
        guint replied, denied;

        g_assert_cmpint(sscanf(line, "%u %u", &replied, &denied), ==, 2);
        *replies += replied;
        *refused += denied;
        g_assert_true(g_subprocess_wait_check(floods[i], NULL, &error));
        g_assert_no_error(error);
        g_object_unref(floods[i]);
    }
    g_output_stream_close(g_subprocess_get_stdin_pipe(server), NULL, NULL);
    result = read_line(server);
    g_assert_cmpint(sscanf(result, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, most, all), ==, 2);
    g_assert_true(g_subprocess_wait_check(server, NULL, &error));
    g_test_message("%u replies, %u refused: at most %.1f ms of CPU between two decisions, %.2f s "
                   "in all",
                   *replies, *refused, (double) *most / 1e3, (double) *all / 1e6);
}

static void
test_users(void)
{
    gint64 most, all, began = g_get_monotonic_time(), seconds;
    guint replies, refused;

    run(&most, &all, &replies, &refused);
    seconds = (g_get_monotonic_time() - began) / G_USEC_PER_SEC + 1;
    g_assert_cmpint(most, <=, MAX_STALL_US);
    g_assert_cmpuint(replies, >, 0);
    g_assert_cmpint(replies, <=,
                    G_N_ELEMENTS(users) * (WL_USER_CALLS + WL_USER_CALLS_SECOND * seconds));
}

static void
add_tests(void)
{
    g_test_add_func("/flood/users", test_users);
}

int
main(int argc, char **argv)
{
    g_assert_cmpint(sodium_init(), >=, 0);
    if (argc == 2 && g_str_equal(argv[1], "--serve"))
        return serve();
    if (argc == 4 && g_str_equal(argv[1], "--flood"))
        return flood((guint) strtoul(argv[2], NULL, 10), argv[3]);
    return wl_test_bus_main(argc, argv, add_tests);
}
