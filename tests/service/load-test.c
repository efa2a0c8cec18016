/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cost of exporting 250 peers of which 10 change per second: prints CPU, memory and signals per
 * second, and asserts the limits on signals. Usage: load-test [SECONDS per case, default 5]
 */
#include <gio/gio.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "load-session.h"
#include "wl-objects.h"

#define PEERS    250
#define EVERY_MS 100 /* 10 changes per second */
#define FLAP     G_MAXUINT

/* ---- the serving process ---- */

typedef struct {
    WlSession *session;
    WlObjects *objects;
    GMainLoop *loop;
    guint spread; /* number of peers that change in turn; 0: none; FLAP: the first is removed and
                     added */
    guint next, left;
} Server;

static gboolean
on_quit(gpointer user_data)
{
    g_main_loop_quit(((Server *) user_data)->loop);
    return G_SOURCE_REMOVE;
}

static const WlKey *
key_of(const Server *server, guint number)
{
    const WlEngineConfig *config = wl_session_get_config(server->session);

    return &((WlPeerConfig *) g_ptr_array_index(config->peers, number))->public_key;
}

/* Ten times per second, finally removed. */
static void
flap(Server *server)
{
    if (server->next++ % 2 == 0 || server->left == 1)
        wl_objects_peer_gone(server->objects, key_of(server, 0));
    else
        wl_objects_peer_changed(server->objects, key_of(server, 0));
    wl_objects_settled(server->objects);
}

static gboolean
on_change(gpointer user_data)
{
    Server *server = user_data;

    if (server->spread == FLAP)
        flap(server);
    else if (server->spread > 0)
        load_session_move(server->session, server->next++ % server->spread);
    if (--server->left > 0)
        return G_SOURCE_CONTINUE;
    if (server->spread == 0) {
        wl_objects_peer_gone(server->objects, key_of(server, PEERS - 1));
        wl_objects_settled(server->objects);
    }
    /* Time for deferred signals. */
    g_timeout_add(1500, on_quit, server);
    return G_SOURCE_REMOVE;
}

static guint64
cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (guint64) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC +
           (guint64) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static guint
memory_kb(const char *what)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents("/proc/self/smaps_rollup", &text, NULL, NULL))
        return 0;
    line = strstr(text, what);
    return line ? (guint) strtoul(line + strlen(what), NULL, 10) : 0;
}

/* Current endpoint of the first peer. */
static char *
first_endpoint(WlSession *session)
{
    const WlPeerConfig *first = g_ptr_array_index(wl_session_get_config(session)->peers, 0);
    WlPeerView view;

    g_assert_true(wl_engine_get_peer(wl_session_get_engine(session), &first->public_key, &view));
    return wl_endpoint_to_string(&view.endpoint);
}

static int
serve(guint spread, guint seconds)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
    WlObjectsSettings settings = {.id = "load"};
    Server server = {.spread = spread, .left = seconds * 1000 / EVERY_MS};
    g_autofree char *endpoint = NULL;
    guint64 before;

    g_assert_no_error(error);
    server.loop = g_main_loop_new(NULL, FALSE);
    server.session = load_session_new(PEERS);
    server.objects = wl_objects_new(connection, server.session, &settings, &error);
    g_assert_no_error(error);
    g_dbus_connection_flush_sync(connection, NULL, NULL);
    g_print("%s\n", g_dbus_connection_get_unique_name(connection));
    before = cpu_us();
    g_timeout_add(EVERY_MS, on_change, &server);
    g_main_loop_run(server.loop);
    endpoint = first_endpoint(server.session);
    g_print("%" G_GUINT64_FORMAT " %u %u %s\n", cpu_us() - before, memory_kb("Rss:"),
            memory_kb("Private_Dirty:"), endpoint);
    g_main_loop_unref(server.loop);
    wl_objects_free(server.objects);
    load_session_free(server.session);
    return EXIT_SUCCESS;
}

/* ---- the reading process ---- */

typedef struct {
    guint signals, busiest, added, removed;
    GHashTable *by_path; /* char* -> number of signals */
    char *last;          /* last signaled endpoint of any peer */
    char first[64];      /* final endpoint of the first peer */
    gboolean done;
    GDBusConnection *connection;
    char *server; /* its unique name */
    gboolean reading;
    guint reads;
} Count;

static void read_everything(Count *count);

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
    Count *count = user_data;
    g_autoptr(GVariant) values = NULL;
    const char *endpoint;
    guint n;

    if (g_str_equal(signal, "InterfacesAdded"))
        count->added++;
    if (g_str_equal(signal, "InterfacesRemoved"))
        count->removed++;
    if (!g_str_equal(signal, "PropertiesChanged"))
        return;
    n = GPOINTER_TO_UINT(g_hash_table_lookup(count->by_path, path)) + 1;
    g_hash_table_replace(count->by_path, g_strdup(path), GUINT_TO_POINTER(n));
    count->busiest = MAX(count->busiest, n);
    count->signals++;
    values = g_variant_get_child_value(parameters, 1);
    if (g_variant_lookup(values, "Endpoint", "&s", &endpoint)) {
        g_free(count->last);
        count->last = g_strdup(endpoint);
    }
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Count *count = user_data;
    g_autofree char *line =
        g_data_input_stream_read_line_finish_utf8(G_DATA_INPUT_STREAM(source), result, NULL, NULL);

    g_assert_nonnull(line);
    g_object_set_data_full(source, "line", g_steal_pointer(&line), g_free);
    count->done = TRUE;
}

static const char *
read_line(GDataInputStream *stream, Count *count)
{
    count->done = FALSE;
    g_data_input_stream_read_line_async(stream, G_PRIORITY_DEFAULT, NULL, on_read, count);
    while (!count->done)
        g_main_context_iteration(NULL, TRUE);
    return g_object_get_data(G_OBJECT(stream), "line");
}

static guint seconds = 5;

static void
run(const char *what, guint spread, Count *count, guint *moved)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
    g_autofree char *spread_text = g_strdup_printf("%u", spread);
    g_autofree char *seconds_text = g_strdup_printf("%u", seconds);
    g_autoptr(GSubprocess) server = NULL;
    g_autoptr(GDataInputStream) stream = NULL;
    guint64 cpu;
    guint rss, dirty, subscription;

    g_assert_no_error(error);
    count->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    subscription = g_dbus_connection_signal_subscribe(
        connection, NULL, NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, count, NULL);
    server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe", "--serve",
                              spread_text, seconds_text, NULL);
    g_assert_no_error(error);
    stream = g_data_input_stream_new(g_subprocess_get_stdout_pipe(server));
    count->connection = connection;
    count->server = g_strdup(read_line(stream, count));
    if (count->reading)
        read_everything(count);
    g_assert_cmpint(sscanf(read_line(stream, count), "%" G_GUINT64_FORMAT " %u %u %63s", &cpu, &rss,
                           &dirty, count->first),
                    ==, 4);
    g_assert_true(g_subprocess_wait_check(server, NULL, &error));
    g_assert_no_error(error);
    g_dbus_connection_signal_unsubscribe(connection, subscription);
    *moved = g_hash_table_size(count->by_path);
    g_test_message("%s: %u peers, %u of them changing, 10 changes a second: CPU %.2f %%, RSS %.1f "
                   "MB, private dirty %.1f MB, %.1f signals a second, busiest peer %.2f",
                   what, PEERS, *moved, (double) cpu / (seconds + 1.5) / 1e4, rss / 1024.0,
                   dirty / 1024.0, (double) count->signals / seconds,
                   (double) count->busiest / seconds);
    g_hash_table_unref(count->by_path);
    count->reading = FALSE;
    g_clear_pointer(&count->server, g_free);
}

/* All peers in turn: no signal is deferred. */
static void
test_spread(void)
{
    Count count = {0};
    guint moved;

    run("spread", PEERS, &count, &moved);
    g_assert_cmpuint(count.added, ==, PEERS + 1); /* and the link */
    g_assert_cmpuint(count.removed, ==, 0);
    g_assert_cmpuint(count.busiest, <=, seconds + 2);
    g_assert_cmpuint(count.signals, >, 0);
    g_assert_cmpuint(count.signals, <=, seconds * 1000 / EVERY_MS);
    g_free(count.last);
}

/* One peer changes ten times per second and is signaled once per second. */
static void
test_one(void)
{
    Count count = {0};
    guint moved;

    run("one peer", 1, &count, &moved);
    g_assert_cmpuint(moved, ==, 1);
    g_assert_cmpuint(count.signals, >=, 2);
    g_assert_cmpuint(count.signals, <=, seconds + 2);
    g_assert_cmpstr(count.last, ==, count.first); /* the last state wins */
    g_free(count.last);
}

/* No signals without changes; finally one peer is removed. */
static void
test_idle(void)
{
    Count count = {0};
    guint moved;

    run("idle", 0, &count, &moved);
    g_assert_cmpuint(count.signals, ==, 0);
    g_assert_cmpuint(count.removed, ==, 1);
}

/* A member is removed and added ten times per second: one signal per second, and the last one is
 * the removal. */
static void
test_flapping(void)
{
    Count count = {0};
    guint moved;

    run("one peer leaves and returns", FLAP, &count, &moved);
    count.added -= PEERS + 1; /* the start */
    g_test_message("added again %u times, removed %u times", count.added, count.removed);
    g_assert_cmpuint(count.removed, >=, 1);
    g_assert_cmpuint(count.removed, ==, count.added + 1);
    g_assert_cmpuint(count.removed + count.added + count.signals, <=, seconds + 2);
}

static void
on_objects(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Count *count = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) objects = NULL;

    if (!reply || !count->reading)
        return; /* it has ended */
    objects = g_variant_get_child_value(reply, 0);
    g_assert_cmpuint(g_variant_n_children(objects), >=, PEERS);
    count->reads++;
    read_everything(count);
}

static void
read_everything(Count *count)
{
    g_dbus_connection_call(count->connection, count->server, WL_OBJECTS_ROOT,
                           "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                           G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                           on_objects, count);
}

/* A client reads all objects in a loop. */
static void
test_reader(void)
{
    static Count count; /* the last reply is late */
    guint moved;

    count.reading = TRUE;
    run("read in a loop", 0, &count, &moved);
    g_test_message("%.0f reads of all objects a second", count.reads / (seconds + 1.5));
    g_assert_cmpuint(count.reads, >, 0);
    g_assert_cmpuint(count.signals, ==, 0);
}

int
main(int argc, char **argv)
{
    g_autoptr(GTestDBus) bus = NULL;
    int status;

    g_assert_cmpint(sodium_init(), >=, 0);
    if (argc == 4 && g_str_equal(argv[1], "--serve"))
        return serve((guint) strtoul(argv[2], NULL, 10), (guint) atoi(argv[3]));
    g_test_init(&argc, &argv, NULL);
    if (argc == 2)
        seconds = (guint) CLAMP(atoi(argv[1]), 1, 600);
    bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(bus);
    g_test_add_func("/load/spread", test_spread);
    g_test_add_func("/load/one-peer", test_one);
    g_test_add_func("/load/flapping", test_flapping);
    g_test_add_func("/load/idle", test_idle);
    g_test_add_func("/load/reader", test_reader);
    status = g_test_run();
    g_test_dbus_down(bus);
    return status;
}
