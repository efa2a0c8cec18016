/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each call of the tables in docs/hardening.md is refused in turn, and the service does what the
 * table says: it works with exactly that limitation, or the activation ends with a sentence about
 * it. It never crashes or hangs, and leaves nothing behind. Requires root.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "wl-test-profile.h"

#define LOG     "/run/service.log"
#define REFUSED "/run/refused"

typedef struct {
    char *call;
    gboolean tunnel; /* a full tunnel */
    char *shown;     /* the ids of limitations, "nothing", or what the error contains in quotes */
} Row;

static GStrv baseline; /* limitations where nothing is refused */
static gboolean has_nft, has_landlock;

/* ---- one activation -------------------------------------------------------------------------- */

typedef enum {
    PENDING,
    UP,
    FAILED,
} Outcome;

static gboolean
exited(WlTestBus *bus)
{
    return !g_subprocess_get_identifier(bus->service);
}

static Outcome
outcome_of(WlTestBus *bus)
{
    if (wl_test_bus_signal_index(bus, "Failure") >= 0 || exited(bus))
        return FAILED;
    return wl_test_bus_signal_index(bus, "Ip6Config") >= 0 ? UP : PENDING;
}

static gboolean
is_decided(gpointer bus)
{
    return outcome_of(bus) != PENDING;
}

static char *
read_file(const char *path)
{
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text ? text : g_strdup("");
}

static void
connect_profile(WlTestBus *bus, gboolean tunnel)
{
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    g_autoptr(GVariant) reply = NULL;

    if (tunnel) {
        nm_setting_vpn_add_data_item(vpn, "full-tunnel", "yes");
        nm_setting_vpn_add_data_item(vpn, "kill-switch", "yes");
        nm_setting_vpn_add_data_item(vpn, "peer-1-allowed-ips", "0.0.0.0/0 ::/0");
        /* its DNS servers are asked outside the tunnel */
        nm_setting_vpn_add_data_item(vpn, "peer-1-endpoint", "hub.example.net:51820");
    }
    bus->log = LOG;
    wl_test_bus_start_service(bus);
    reply = wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), NULL);
    g_assert_nonnull(reply);
    if (!wl_test_bus_wait(is_decided, bus))
        g_error("the activation neither succeeds nor fails");
}

/* The ids; each has a sentence. */
static GStrv
limitations_of(WlTestBus *bus)
{
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        wl_test_bus_call(bus, ROOT "/link", "org.freedesktop.DBus.Properties", "Get",
                         g_variant_new("(ss)", LINK, "Limitations"), &error);
    g_autoptr(GVariant) list = NULL;

    g_assert_no_error(error);
    g_variant_get(reply, "(v)", &list);
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        const char *id, *text;

        g_variant_get_child(list, i, "(&s&s)", &id, &text);
        g_assert_cmpuint(strlen(text), >, 20);
        g_strv_builder_add(ids, id);
    }
    return g_strv_builder_end(ids);
}

static gboolean
is_gone(gpointer bus)
{
    g_main_context_wakeup(NULL);
    g_usleep(10000);
    return exited(bus);
}

/* The process ends by itself, and nothing of the link is there any more. */
static void
assert_ended(WlTestBus *bus)
{
    g_autofree char *rules = NULL;
    g_autofree char *left = NULL;

    if (!wl_test_bus_wait(is_gone, bus))
        g_error("the service does not end");
    g_assert_true(g_subprocess_get_if_exited(bus->service));
    g_assert_cmpint(g_subprocess_get_exit_status(bus->service), ==, 0);
    g_assert_cmpuint(if_nametoindex(INTERFACE), ==, 0);
    g_spawn_command_line_sync("sh -c 'ip rule; ip -6 rule; ip route show table all'", &rules, NULL,
                              NULL, NULL);
    g_assert_null(strstr(rules, "proto 87"));
    g_assert_null(strstr(rules, "310"));
    g_assert_false(g_file_test("/run/wireguard/" INTERFACE ".sock", G_FILE_TEST_EXISTS));
    g_spawn_command_line_sync("sh -c 'ls -A $WIRELINK_STATE | grep ^.wirelink-'", &left, NULL, NULL,
                              NULL);
    g_assert_cmpstr(left, ==, "");
}

static void
disconnect(WlTestBus *bus)
{
    g_autoptr(GVariant) reply = wl_test_bus_call_plugin(bus, "Disconnect", NULL, NULL);

    g_assert_nonnull(reply);
    assert_ended(bus);
}

/* ---- one row --------------------------------------------------------------------------------- */

/* The state is saved at the end, and from time to time. */
#define STATE_FILE "state-file"
#define NOT_SAVED  "what is learned now is lost at the next start"

typedef struct {
    WlTestBus *bus;
    const char *const *expected;
} Wanted;

static gboolean
has_limitations(gpointer user_data)
{
    Wanted *wanted = user_data;
    g_auto(GStrv) found = limitations_of(wanted->bus);

    g_main_context_wakeup(NULL);
    for (guint i = 0; wanted->expected[i]; i++) {
        if (!g_strv_contains((const char *const *) found, wanted->expected[i]) &&
            !g_str_equal(wanted->expected[i], STATE_FILE))
            return FALSE;
    }
    return TRUE;
}

/* Those are published that the machine always has, and @expected. */
static void
assert_limitations(WlTestBus *bus, const char *const *expected)
{
    Wanted wanted = {bus, expected};
    gboolean complete = wl_test_bus_wait(has_limitations, &wanted);
    g_auto(GStrv) found = limitations_of(bus);

    for (guint i = 0; found[i]; i++) {
        if (!g_strv_contains(expected, found[i]) &&
            !g_strv_contains((const char *const *) baseline, found[i]))
            g_error("the limitation %s is not in the table", found[i]);
    }
    if (!complete) {
        g_autofree char *text = g_strjoinv(", ", found);
        g_autofree char *log = read_file(LOG);

        g_error("a limitation of the table is not published, but only \"%s\":\n%s", text, log);
    }
}

static void
assert_sentence(const char *shown)
{
    g_autofree char *log = read_file(LOG);
    g_autofree char *words = g_strndup(shown + 1, strlen(shown) - 2);

    if (!strstr(log, words))
        g_error("\"%s\" is not in the log:\n%s", words, log);
}

/* What is only known when the service has ended. */
static void
assert_saved(const Row *row)
{
    g_autofree char *log = read_file(LOG);

    if (g_str_equal(row->shown, STATE_FILE) != (strstr(log, NOT_SAVED) != NULL))
        g_error("the state is saved, or not, unlike in the table:\n%s", log);
}

static void
refuse(const Row *row, int code)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autofree char *number = g_strdup_printf("%d", code);
    g_auto(GStrv) expected =
        g_strsplit(g_str_equal(row->shown, "nothing") ? "" : row->shown, ", ", -1);
    g_autofree char *refused = NULL;

    unlink(LOG);
    unlink(REFUSED);
    g_setenv("LD_PRELOAD", g_getenv("WIRELINK_REFUSE_LIBRARY"), TRUE);
    g_setenv("WIRELINK_REFUSE", row->call, TRUE);
    g_setenv("WIRELINK_ERRNO", number, TRUE);
    g_setenv("WIRELINK_REFUSED", REFUSED, TRUE);
    connect_profile(bus, row->tunnel);
    g_unsetenv("LD_PRELOAD");
    if (*row->shown == '"') {
        g_assert_cmpint(outcome_of(bus), ==, FAILED);
        assert_ended(bus);
        assert_sentence(row->shown);
    } else {
        if (outcome_of(bus) != UP) {
            g_autofree char *log = read_file(LOG);

            g_error("the activation fails:\n%s", log);
        }
        assert_limitations(bus, (const char *const *) expected);
        disconnect(bus);
        assert_saved(row);
    }
    refused = read_file(REFUSED);
    if (!*refused)
        g_error("the service does not make this call");
}

static void
test_row(gconstpointer data)
{
    static const int codes[] = {EPERM, EACCES, ENOSYS};
    const Row *row = data;

    if (strstr(row->call, "NETFILTER") && !has_nft) {
        g_test_skip("nf_tables is refused on this machine already");
        return;
    }
    if (strstr(row->call, "landlock") && !has_landlock) {
        g_test_skip("this kernel has no Landlock");
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        refuse(row, codes[i]);
}

/* ---- the tables ------------------------------------------------------------------------------ */

/* Without the backticks. */
static char *
cell_text(const char *cell)
{
    GString *text = g_string_new(cell);

    g_string_replace(text, "`", "", 0);
    return g_strstrip(g_string_free(text, FALSE));
}

/* A line "| `call` | what is lost | `shown` |". */
static Row *
parse_row(const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, "|", -1);
    Row *row;

    if (!g_str_has_prefix(line, "| `") || g_strv_length(cells) != 5)
        return NULL;
    row = g_new0(Row, 1);
    row->call = cell_text(cells[1]);
    row->shown = cell_text(cells[3]);
    return row;
}

static void
add_rows(void)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) error = NULL;
    gboolean tunnel = FALSE;
    guint n = 0;

    g_file_get_contents(g_getenv("WIRELINK_HARDENING"), &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        Row *row = parse_row(lines[i]);
        g_autofree char *path = NULL;

        if (g_str_has_prefix(lines[i], "## "))
            tunnel = strstr(lines[i], "full tunnel") != NULL;
        if (!row)
            continue;
        row->tunnel = tunnel;
        path = g_strdup_printf("/refusal/%s%s", tunnel ? "full-tunnel/" : "", row->call);
        g_strdelimit(path, " ,", '-');
        g_test_add_data_func(path, row, test_row);
        n++;
    }
    g_assert_cmpuint(n, >, 40);
}

static void
test_nothing_refused(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();

    connect_profile(bus, FALSE);
    g_assert_cmpint(outcome_of(bus), ==, UP);
    baseline = limitations_of(bus);
    has_nft = !g_strv_contains((const char *const *) baseline, "loop-guard");
    has_landlock = !g_strv_contains((const char *const *) baseline, "file-access");
    /* What this machine refuses, which may be a container, but no more than that. */
    for (guint i = 0; baseline[i]; i++)
        g_test_message("this machine already lacks: %s", baseline[i]);
    g_assert_cmpuint(g_strv_length(baseline), <=, 3);
    disconnect(bus);
}

static void
add_tests(void)
{
    g_test_add_func("/refusal/none", test_nothing_refused);
    add_rows();
}

int
main(int argc, char **argv)
{
    g_setenv("WIRELINK_WIREGUARD", "userspace", TRUE);
    return wl_test_bus_main(argc, argv, add_tests);
}
