/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl ping, with the loopback interface in place of a tunnel, and how replies are read. */
#include "mock-service.h"

#include <string.h>

#include "wl-ping.h"

#define ON_LO "'Interface': <'lo'>, "

/* ---- replies ------------------------------------------------------------------------------- */

/* An IPv4 header without and with options, then an echo reply with the sequence 0x0102. */
#define HEADER4                                                                                    \
    "\x45"                                                                                         \
    "0123456789012345678"
#define LONGER4                                                                                    \
    "\x46"                                                                                         \
    "01234567890123456789012"
#define REPLY4 "\0\0ccii\1\2"
#define REPLY6 "\x81\0ccii\1\2"

static void
test_replies(void)
{
    static const struct {
        const char *packet;
        gsize length;
        gboolean ipv6, raw;
        const char *data; /* NULL: not the reply */
    } rows[] = {
        {REPLY4 "data", 12, FALSE, FALSE, "data"},
        {REPLY4, 8, FALSE, FALSE, ""},
        {REPLY4 "data", 7, FALSE, FALSE, NULL},
        {HEADER4 REPLY4 "data", 32, FALSE, TRUE, "data"},
        {LONGER4 REPLY4 "data", 36, FALSE, TRUE, "data"},
        {HEADER4 REPLY4 "data", 27, FALSE, TRUE, NULL},
        {"\x45", 1, FALSE, TRUE, NULL},
        {"", 0, FALSE, TRUE, NULL},
        {"\x4f" REPLY4, 20, FALSE, TRUE, NULL}, /* the header is said to be longer */
        {REPLY6 "data", 12, TRUE, TRUE, "data"},
        {REPLY6 "data", 12, TRUE, FALSE, "data"},
        {REPLY4 "data", 12, TRUE, FALSE, NULL}, /* of the other family */
        {REPLY6 "data", 12, FALSE, FALSE, NULL},
        {"\x08\0ccii\1\2data", 12, FALSE, FALSE, NULL}, /* a request */
        {"\0\1ccii\1\2data", 12, FALSE, FALSE, NULL},   /* another code */
        {"\0\0ccii\2\2data", 12, FALSE, FALSE, NULL},   /* another sequence */
        {"\0\0ccii\1\3data", 12, FALSE, FALSE, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize length = 99;
        const guint8 *data = wl_ping_find_data((const guint8 *) rows[i].packet, rows[i].length,
                                               rows[i].ipv6, rows[i].raw, 0x0102, &length);

        g_test_message("row %u", i);
        if (!rows[i].data) {
            g_assert_null(data);
            continue;
        }
        g_assert_cmpmem(data, length, rows[i].data, strlen(rows[i].data));
    }
}

/* ---- the command --------------------------------------------------------------------------- */

static Mock *
add_peer(Fixture *self, const char *link, const char *more)
{
    g_autofree char *peer = mock_peer(1, "hub", "direct", "/", "", more);

    return fixture_add_mock(self, MOCK_REPLIES, mock_objects_with("home", WL_VERSION, link, peer));
}

/* Some containers let only root send echo requests. */
static gboolean
is_permitted(const CtlRun *run)
{
    if (run->status == 4)
        g_test_skip("this user may not send echo requests");
    return run->status != 4;
}

static void
test_answered(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    add_peer(fixture, ON_LO, "'AllowedIPs': <['127.0.0.1/32']>, 'Endpoint': <'192.0.2.1:51820'>, ");
    run = FIXTURE_RUN(fixture, NULL, "ping", "hub", "--count", "2");
    if (!is_permitted(run))
        return;
    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "hub is 127.0.0.1\n1  reply from hub after ");
    ctl_assert_holds(run->out, " ms  direct, 192.0.2.1:51820\n2  reply from hub after ");
    ctl_assert_holds(run->out, "hub: 2 of 2 requests answered, 0 % lost; round trip ");
}

static void
test_ipv6(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(JsonObject) object = NULL;

    if (!g_file_test("/proc/sys/net/ipv6", G_FILE_TEST_EXISTS)) {
        g_test_skip("the kernel has no IPv6");
        return;
    }
    add_peer(fixture, ON_LO, "'AllowedIPs': <['::1/128']>, ");
    run = FIXTURE_RUN(fixture, NULL, "ping", "hub", "--count", "1", "--json");
    if (!is_permitted(run))
        return;
    g_assert_cmpint(run->status, ==, 0);
    object = parse_object(run->out);
    g_assert_cmpstr(json_object_get_string_member(object, "address"), ==, "::1");
    g_assert_cmpint(json_object_get_int_member(object, "received"), ==, 1);
    g_assert_cmpint(json_object_get_int_member(object, "loss_percent"), ==, 0);
    g_assert_cmpint(json_object_get_int_member(object, "average_us"), >, 0);
}

/* A documentation address: on the loopback interface it is no address of this machine. */
static void
test_unanswered(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    add_peer(fixture, ON_LO, "'AllowedIPs': <['192.0.2.77/32']>, ");
    run = FIXTURE_RUN(fixture, NULL, "ping", "hub", "--count", "1");
    if (!is_permitted(run))
        return;
    g_assert_cmpint(run->status, ==, 1);
    ctl_assert_holds(run->out, "0 of 1 requests answered, 100 % lost\n");
    ctl_assert_holds(run->out, "wirelinkctl explain hub names the cause");
}

static void
test_invalid(Fixture *fixture, gconstpointer data)
{
    static const char *const counts[] = {"0", "101", "-1", "x"};
    g_autoptr(CtlRun) elsewhere = NULL;

    add_peer(fixture, "'Interface': <'no-such-link'>, ", "");
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autoptr(CtlRun) run = FIXTURE_RUN(fixture, NULL, "ping", "hub", "--count", counts[i]);

        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
    }
    elsewhere = FIXTURE_RUN(fixture, NULL, "ping", "hub");
    g_assert_cmpint(elsewhere->status, ==, 1);
    ctl_assert_holds(elsewhere->err, "the interface \"no-such-link\" does not exist here");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ctl/ping/replies", test_replies);
    FIXTURE_ADD("/ctl/ping/answered", test_answered);
    FIXTURE_ADD("/ctl/ping/ipv6", test_ipv6);
    FIXTURE_ADD("/ctl/ping/unanswered", test_unanswered);
    FIXTURE_ADD("/ctl/ping/invalid", test_invalid);
    return g_test_run();
}
