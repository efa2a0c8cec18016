/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "wirelinkctl watch", "status --watch", and the terminal. */
#include "mock-service.h"

#include <signal.h>
#include <string.h>
#include <termios.h>

static CtlProcess *
start(const Fixture *fixture, gboolean on_terminal, const char *const *arguments)
{
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(fixture->bus), NULL};

    return ctl_start(arguments, environment, on_terminal);
}

#define START(fixture, on_terminal, ...)                                                           \
    start(fixture, on_terminal, (const char *const[]){__VA_ARGS__, NULL})

/* Signals from now on come after the reply. */
static void
wait_for_read(const Mock *mock, guint n)
{
    while (mock->n_reads < n)
        g_main_context_iteration(NULL, TRUE);
}

static char *
without_clock(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) regex =
        g_regex_new("^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]", G_REGEX_MULTILINE, 0, &error);
    char *settled;

    g_assert_no_error(error);
    settled = g_regex_replace_literal(regex, text, -1, 0, "HH:MM:SS", 0, &error);
    g_assert_no_error(error);
    return settled;
}

/* ---- watch --------------------------------------------------------------------------------- */

static void
test_watch(Fixture *fixture, gconstpointer data)
{
    Mock *mock = fixture_add_network(fixture, "home");
    g_autofree char *printer = mock_peer(6, "printer\\u001b[2J", "offline", "/", "new here", "");
    g_autofree char *nas = mock_peer(3, "nas", "offline", "/", "asleep", "");
    g_autofree char *moved = mock_peer(1, "hub", "offline", "/", "gone", "");
    g_autofree char *peers = g_strconcat(nas, moved, NULL);
    g_autoptr(CtlProcess) process = START(fixture, FALSE, "watch");
    g_autofree char *settled = NULL;
    gsize at = 0;

    wait_for_read(mock, 1);
    mock_emit_changed(mock, 2, "{'State': <'direct'>, 'Reason': <'direct on 192.168.7.4:41000'>}",
                      "[]");
    at = ctl_process_wait_for(process, at, "direct on 192.168.7.4:41000\n");
    /* The reason alone. */
    mock_emit_changed(mock, 2, "{'Reason': <'direct on [2001:db8::4]:41000'>}", "[]");
    at = ctl_process_wait_for(process, at, "direct on [2001:db8::4]:41000\n");
    /* Nothing that the lines show. */
    mock_emit_changed(mock, 2, "{'Endpoint': <'192.0.2.9:9'>, 'State': <'direct'>}", "['RxBytes']");
    mock_emit_added(mock, printer);
    at = ctl_process_wait_for(process, at, "new here\n");
    mock_emit_removed(mock, 6);
    at = ctl_process_wait_for(process, at, "removed\n");
    /* Without values, hence read again. Reads report in the order of names. */
    g_variant_unref(mock->objects);
    mock->objects = g_variant_take_ref(mock_objects("home", WL_VERSION, peers));
    mock_emit_removed(mock, 2);
    mock_emit_removed(mock, 4);
    mock_emit_removed(mock, 5);
    mock_emit_changed(mock, 3, "@a{sv} {}", "['State']");
    at = ctl_process_wait_for(process, at, "asleep\n");
    fixture_remove_mock(fixture, mock);
    at = ctl_process_wait_for(process, at, "home  down\n");
    mock = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("work", WL_VERSION, ""));
    ctl_process_wait_for(process, at, "work  up\n");
    g_subprocess_send_signal(process->process, SIGINT);
    g_assert_cmpint(ctl_process_finish(process), ==, 0);
    settled = without_clock(process->out->str);
    assert_golden("watch.txt", settled);
}

static void
test_watch_json(Fixture *fixture, gconstpointer data)
{
    Mock *mock = fixture_add_network(fixture, "home");
    g_autoptr(CtlProcess) process = START(fixture, FALSE, "watch", "home", "--json");
    g_autofree char *settled = NULL;

    wait_for_read(mock, 1);
    mock_emit_changed(mock, 1, "{'State': <'offline'>, 'Reason': <'no \\u202e answer'>}", "[]");
    ctl_process_wait_for(process, 0, "}\n");
    g_subprocess_send_signal(process->process, SIGTERM);
    g_assert_cmpint(ctl_process_finish(process), ==, 0);
    settled = without_times(process->out->str);
    assert_golden("watch.json", settled);
}

/* Only signals of the services themselves count. */
static void
test_foreign_signals(Fixture *fixture, gconstpointer data)
{
    Mock *mock = fixture_add_network(fixture, "home");
    Mock stranger = {.connection = fixture_add_owner(fixture, "org.example.Stranger")};
    g_autoptr(CtlProcess) process = START(fixture, FALSE, "watch");

    wait_for_read(mock, 1);
    mock_emit_changed(&stranger, 1, "{'State': <'offline'>, 'Reason': <'lie'>}", "[]");
    /* At most everything is read again, without a change. */
    wait_for_read(mock, 2);
    mock_emit_changed(mock, 1, "{'State': <'offline'>, 'Reason': <'truth'>}", "[]");
    ctl_process_wait_for(process, 0, "truth\n");
    g_assert_null(strstr(process->out->str, "lie"));
}

static void
test_no_active_profile(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) nothing = FIXTURE_RUN(fixture, NULL, "watch");
    g_autoptr(CtlRun) json = FIXTURE_RUN(fixture, NULL, "status", "--watch", "--json");

    g_assert_cmpint(nothing->status, ==, 3);
    g_assert_cmpint(json->status, ==, 3);
    ctl_assert_holds(json->out, "\"error\"");
}

/* ---- the terminal -------------------------------------------------------------------------- */

static void
test_colors(Fixture *fixture, gconstpointer data)
{
    static const char *const commands[][4] = {
        {"status", NULL}, {"facts", NULL}, {"explain", "laptop", NULL}, {"peer", "phone", NULL}};

    fixture_add_network(fixture, "home");
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *name = g_strdup_printf("color-%s.txt", commands[i][0]);
        const char *no_color[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                  g_test_dbus_get_bus_address(fixture->bus), "NO_COLOR", "1", NULL};
        g_autoptr(CtlProcess) colored = start(fixture, TRUE, commands[i]);
        g_autoptr(CtlProcess) plain = ctl_start(commands[i], no_color, TRUE);

        g_assert_cmpint(ctl_process_finish(colored), ==, 0);
        assert_golden(name, colored->out->str);
        g_assert_cmpint(ctl_process_finish(plain), ==, 0);
        g_assert_null(strchr(plain->out->str, '\033'));
    }
}

/* A change redraws the screen; any end restores the terminal. */
static void
test_status_restores_terminal(Fixture *fixture, gconstpointer data)
{
    static const char leave[] = "\033[?25h\033[?1049l";
    g_autofree char *hub = mock_peer(1, "hub", "offline", "/", "gone away", "");
    Mock *mock = fixture_add_network(fixture, "home");

    for (guint end = 0; end < 3; end++) {
        g_autoptr(CtlProcess) process = START(fixture, TRUE, "status", "--watch");
        g_autoptr(GVariant) objects = g_variant_ref(mock->objects);
        struct termios before, during, after;
        gsize at;

        g_assert_cmpint(tcgetattr(process->terminal, &before), ==, 0);
        at = ctl_process_wait_for(process, 0, "\033[?1049h");
        at = ctl_process_wait_for(process, at, "12.3 ms");
        at = ctl_process_wait_for(process, at, "\033[J");
        g_assert_cmpint(tcgetattr(process->terminal, &during), ==, 0);
        g_assert_cmpuint(during.c_lflag & (ICANON | ECHO), ==, 0);
        g_variant_unref(mock->objects);
        mock->objects = g_variant_take_ref(mock_objects("home", WL_VERSION, hub));
        mock_emit_changed(mock, 1, "{'State': <'offline'>}", "[]");
        at = ctl_process_wait_for(process, at, "gone away");
        ctl_process_wait_for(process, at, "\033[J");
        g_variant_unref(mock->objects);
        mock->objects = g_variant_ref(objects);
        if (end == 0)
            ctl_process_type(process, "q");
        else if (end == 1)
            ctl_process_type(process, "\003");
        else
            g_subprocess_send_signal(process->process, SIGTERM);
        g_assert_cmpint(ctl_process_finish(process), ==, 0);
        g_assert_true(g_str_has_suffix(process->out->str, leave));
        g_assert_cmpint(tcgetattr(process->terminal, &after), ==, 0);
        g_assert_cmpuint(after.c_lflag, ==, before.c_lflag);
        g_assert_cmpuint(after.c_cc[VSUSP], ==, before.c_cc[VSUSP]);
    }
}

/* 60 peers on a terminal of 40 lines: keys scroll and sort, and others do nothing. */
static void
test_status_scrolls_and_sorts(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) peers = g_string_new(NULL);
    g_autoptr(CtlProcess) process = NULL;
    gsize at;

    for (guint i = 1; i <= 60; i++) {
        g_autofree char *name = g_strdup_printf("peer%02u", i);
        g_autofree char *more = g_strdup_printf("'RoundTrip': <uint32 %u>, ", (61 - i) * 1000);
        g_autofree char *peer = mock_peer(i, name, i % 2 ? "direct" : "offline", "/", "", more);

        g_string_append(peers, peer);
    }
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("home", WL_VERSION, peers->str));
    process = START(fixture, TRUE, "status", "--watch");
    at = ctl_process_wait_for(process, 0, "lines 1 to 39 of ");
    g_assert_nonnull(strstr(process->out->str, "peer01"));
    g_assert_null(strstr(process->out->str, "peer60"));
    at = ctl_process_wait_for(process, at, "t traffic, q quit");
    ctl_process_type(process, "\033[B");
    at = ctl_process_wait_for(process, at, "lines 2 to 40 of ");
    ctl_process_type(process, "\033[F");
    at = ctl_process_wait_for(process, at, "peer60");
    ctl_process_type(process, "\033[1~");
    at = ctl_process_wait_for(process, at, "lines 1 to 39 of ");
    at = ctl_process_wait_for(process, at, "\033[J");
    /* Unknown keys, and one of several bytes that ends in the letter of an order. */
    ctl_process_type(process, "xz\033[1;5s\033[6~");
    at = ctl_process_wait_for(process, at, "lines ");
    at = ctl_process_wait_for(process, at, "\033[J");
    ctl_process_type(process, "g");
    at = ctl_process_wait_for(process, at, "lines 1 to 39 of ");
    at = ctl_process_wait_for(process, at, "\033[J");
    ctl_process_type(process, "l");
    /* The least round trip is that of the last peer. */
    at = ctl_process_wait_for(process, at, "  peer60 ");
    at = ctl_process_wait_for(process, at, "  peer59 ");
    at = ctl_process_wait_for(process, at, "\033[J");
    ctl_process_type(process, "s");
    at = ctl_process_wait_for(process, at, "  peer01 ");
    at = ctl_process_wait_for(process, at, "  peer03 ");
    ctl_process_type(process, "q");
    g_assert_cmpint(ctl_process_finish(process), ==, 0);
}

static void
test_sort(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *order, *first;
    } rows[] = {{"name", "hub"}, {"state", "nas"}, {"latency", "nas"}, {"traffic", "nas"}};
    g_autoptr(CtlRun) invalid = NULL;

    fixture_add_network(fixture, "home");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(CtlRun) run = FIXTURE_RUN(fixture, NULL, "status", "--sort", rows[i].order);
        g_autofree char *row = g_strdup_printf("\n  %s ", rows[i].first);
        const char *hub = strstr(run->out, "\n  hub "), *nas = strstr(run->out, "\n  nas ");

        g_test_message("%s: %s", rows[i].order, run->out);
        g_assert_cmpint(run->status, ==, 0);
        g_assert_true(strstr(run->out, row) == MIN(hub, nas));
    }
    invalid = FIXTURE_RUN(fixture, NULL, "status", "--sort", "color");
    g_assert_cmpint(invalid->status, ==, 2);
    ctl_assert_holds(invalid->err, "--sort takes name, state, latency or traffic");
}

/* It ends at once while a service hangs, and shows the error when none is left. */
static void
test_status_of_hanging_service(Fixture *fixture, gconstpointer data)
{
    Mock *mock = fixture_add_network(fixture, "home");
    g_autoptr(CtlProcess) process = START(fixture, TRUE, "status", "--watch");
    g_autoptr(CtlProcess) left = NULL;
    gsize at = ctl_process_wait_for(process, 0, "\033[J");

    mock->manner = MOCK_HANGS;
    wait_for_read(mock, 2);
    ctl_process_type(process, "q");
    g_assert_cmpint(ctl_process_finish(process), ==, 0);

    mock->manner = MOCK_REPLIES;
    left = START(fixture, TRUE, "status", "--watch");
    at = ctl_process_wait_for(left, 0, "\033[J");
    fixture_remove_mock(fixture, mock);
    ctl_process_wait_for(left, at, "no wirelink profile is active");
    ctl_process_type(left, "q");
    g_assert_cmpint(ctl_process_finish(left), ==, 0);
}

/* Without a terminal pictures are appended; rates follow with the second read. */
static void
test_status_in_pipe(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlProcess) process = NULL;
    g_autoptr(CtlProcess) json = NULL;
    gsize at;

    fixture_add_network(fixture, "home");
    process = START(fixture, FALSE, "status", "--watch");
    at = ctl_process_wait_for(process, 0, "1.5 KiB");
    at = ctl_process_wait_for(process, at, "\n\nhome: 3 of 5 members");
    ctl_process_wait_for(process, at, "0 B/s");
    g_assert_null(strchr(process->out->str, '\033'));
    json = START(fixture, FALSE, "status", "--watch", "--json");
    at = ctl_process_wait_for(json, 0, "}\n");
    g_assert_cmpuint(at, ==, strlen(json->out->str));
    ctl_process_wait_for(json, at, "}\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/ctl/watch/lines", test_watch);
    FIXTURE_ADD("/ctl/watch/json", test_watch_json);
    FIXTURE_ADD("/ctl/watch/foreign-signals", test_foreign_signals);
    FIXTURE_ADD("/ctl/watch/no-active-profile", test_no_active_profile);
    FIXTURE_ADD("/ctl/watch/colors", test_colors);
    FIXTURE_ADD("/ctl/watch/status-restores-terminal", test_status_restores_terminal);
    FIXTURE_ADD("/ctl/watch/status-scrolls-and-sorts", test_status_scrolls_and_sorts);
    FIXTURE_ADD("/ctl/watch/sort", test_sort);
    FIXTURE_ADD("/ctl/watch/status-of-hanging-service", test_status_of_hanging_service);
    FIXTURE_ADD("/ctl/watch/status-in-pipe", test_status_in_pipe);
    return g_test_run();
}
