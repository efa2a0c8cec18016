/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-port-mapper.h"

#include <sodium.h>

#include "wl-big-endian.h"
#include "wl-nat-pmp.h"
#include "wl-time.h"

/* A mapper with a gateway that the test plays. Random times are in the middle of their range, and
 * so have no effect on the half of a lifetime. */

typedef struct {
    WlPortMapper *mapper;
    gint64 now;
    WlIp gateway;
    WlMappingTarget target;
    WlMappingDatagram last; /* datagram sent */
    guint32 epoch;
} Fixture;

static void
half(gpointer user_data, guint8 *buffer, gsize length)
{
    const guint16 number = 0x8000;

    g_assert_cmpuint(length, ==, sizeof number);
    memcpy(buffer, &number, sizeof number);
}

static WlIp
ip(const char *text)
{
    WlIp result = {0};

    g_assert_true(wl_ip_parse(text, &result));
    return result;
}

static void
set_up(Fixture *self, gconstpointer data)
{
    WlKey secret = {{7}};

    self->mapper = wl_port_mapper_new(&secret, half, NULL);
    self->now = WL_SEC(1000);
    self->epoch = 500;
    self->gateway = ip("192.168.1.1");
    self->target = (WlMappingTarget){
        .gateway = self->gateway, .ifindex = 3, .client = ip("192.168.1.7"), .port = 51820};
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    g_assert_false(wl_port_mapper_next_datagram(self->mapper, &self->last));
    wl_port_mapper_free(self->mapper);
}

/* Takes what was sent: @n datagrams. */
static void
expect_sent(Fixture *self, guint n)
{
    for (guint i = 0; i < n; i++)
        g_assert_true(wl_port_mapper_next_datagram(self->mapper, &self->last));
    g_assert_false(wl_port_mapper_next_datagram(self->mapper, &(WlMappingDatagram){0}));
}

static void
expect_state(Fixture *self, WlMappingState state)
{
    g_assert_cmpstr(wl_mapping_state_to_string(wl_port_mapper_get_view(self->mapper)->state), ==,
                    wl_mapping_state_to_string(state));
}

static void
expect_external(Fixture *self, const char *text)
{
    g_autofree char *external =
        wl_endpoint_to_string(&wl_port_mapper_get_view(self->mapper)->external);

    expect_state(self, WL_MAPPING_MAPPED);
    g_assert_cmpstr(external, ==, text);
}

/* Time passes until the deadline, which is @after from now. */
static void
pass(Fixture *self, gint64 after)
{
    g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper) - self->now, ==, after);
    wl_port_mapper_advance(self->mapper, wl_port_mapper_get_deadline(self->mapper) - 1);
    g_assert_false(wl_port_mapper_next_datagram(self->mapper, &self->last));
    self->now += after;
    self->epoch += (guint32) (after / G_USEC_PER_SEC);
    wl_port_mapper_advance(self->mapper, self->now);
}

static void
receive(Fixture *self, const guint8 *data, gsize length)
{
    wl_port_mapper_received(self->mapper, self->now, &self->gateway, data, length);
}

/* The reply of PCP to the last request. */
static void
make_pcp_reply(Fixture *self, guint8 result, guint32 lifetime, const char *external,
               guint8 bytes[WL_PCP_MAP_SIZE])
{
    WlEndpoint endpoint = {0};

    g_assert_cmpuint(self->last.length, ==, WL_PCP_MAP_SIZE);
    memcpy(bytes, self->last.bytes, WL_PCP_MAP_SIZE);
    bytes[1] |= 0x80;
    bytes[3] = result;
    memset(bytes + 8, 0, 16);
    wl_put_be32(bytes + 4, lifetime);
    wl_put_be32(bytes + 8, self->epoch);
    if (!external)
        return;
    g_assert_true(wl_endpoint_parse(external, &endpoint));
    wl_put_be16(bytes + 42, endpoint.port);
    if (endpoint.ip.family == WL_FAMILY_V4)
        memcpy(bytes + 56, endpoint.ip.bytes, 4);
    else
        memcpy(bytes + 44, endpoint.ip.bytes, 16);
}

static void
reply_pcp(Fixture *self, guint8 result, guint32 lifetime, const char *external)
{
    guint8 bytes[WL_PCP_MAP_SIZE];

    make_pcp_reply(self, result, lifetime, external, bytes);
    receive(self, bytes, sizeof bytes);
}

static void
announce_pcp(Fixture *self)
{
    guint8 bytes[24] = {2, 0x80};

    wl_put_be32(bytes + 8, self->epoch);
    receive(self, bytes, sizeof bytes);
}

static void
reply_nat_pmp(Fixture *self, guint8 opcode, guint16 result, const char *address, guint16 port,
              guint32 lifetime)
{
    guint8 bytes[16] = {0, 0x80 | opcode};

    wl_put_be16(bytes + 2, result);
    wl_put_be32(bytes + 4, self->epoch);
    if (opcode == WL_NAT_PMP_ADDRESS) {
        WlIp external = ip(address);
        memcpy(bytes + 8, external.bytes, 4);
        receive(self, bytes, 12);
        return;
    }
    wl_put_be16(bytes + 8, 51820);
    wl_put_be16(bytes + 10, port);
    wl_put_be32(bytes + 12, lifetime);
    receive(self, bytes, 16);
}

static void
start(Fixture *self)
{
    wl_port_mapper_set_target(self->mapper, self->now, &self->target);
    expect_state(self, WL_MAPPING_ASKING);
    expect_sent(self, 1);
}

static void
start_mapped(Fixture *self, guint32 lifetime)
{
    start(self);
    reply_pcp(self, WL_PCP_SUCCESS, lifetime, "203.0.113.9:51821");
    expect_external(self, "203.0.113.9:51821");
}

static void
start_nat_pmp(Fixture *self)
{
    start(self);
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_UNSUPPORTED_VERSION, "0.0.0.0", 0, 0);
    g_assert_cmpint(wl_port_mapper_get_view(self->mapper)->protocol, ==, WL_MAPPING_NAT_PMP);
    expect_sent(self, 2);
}

/* ---- asking -------------------------------------------------------------------------------- */

static void
test_request(Fixture *self, gconstpointer data)
{
    start(self);
    g_assert_cmpmem(&self->last.target, sizeof self->target, &self->target, sizeof self->target);
    g_assert_cmpuint(wl_get_be32(self->last.bytes + 4), ==, 7200);
    g_assert_cmpmem(self->last.bytes + 20, 4, self->target.client.bytes, 4);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 40), ==, 51820);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 42), ==, 51820);
}

static void
test_silent(Fixture *self, gconstpointer data)
{
    start(self);
    pass(self, WL_MS(250));
    expect_sent(self, 1);
    pass(self, WL_MS(750));
    expect_sent(self, 1);
    pass(self, WL_SEC(2));
    expect_state(self, WL_MAPPING_SILENT);
    g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper), ==, WL_NEVER);
    /* Too late: it counts with the next request. */
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    expect_state(self, WL_MAPPING_SILENT);

    wl_port_mapper_retry(self->mapper, self->now);
    expect_sent(self, 1);
    expect_state(self, WL_MAPPING_ASKING);
    wl_port_mapper_retry(self->mapper, self->now);
    pass(self, WL_MS(250));
    expect_sent(self, 1);
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    expect_external(self, "203.0.113.9:51821");
    wl_port_mapper_retry(self->mapper, self->now);
    expect_state(self, WL_MAPPING_MAPPED);
}

/* One that spoke before may be about to start: later and later. */
static void
test_silent_again(Fixture *self, gconstpointer data)
{
    static const int pauses[] = {10, 20, 40};

    start_mapped(self, 120);
    pass(self, WL_SEC(60));
    expect_sent(self, 1);
    pass(self, WL_SEC(60));
    for (guint i = 0; i < G_N_ELEMENTS(pauses); i++) {
        expect_state(self, WL_MAPPING_ASKING);
        expect_sent(self, 1);
        pass(self, WL_MS(250));
        expect_sent(self, 1);
        pass(self, WL_MS(750));
        expect_sent(self, 1);
        pass(self, WL_SEC(2));
        expect_state(self, WL_MAPPING_SILENT);
        pass(self, WL_SEC(pauses[i]));
    }
    expect_sent(self, 1);
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    expect_external(self, "203.0.113.9:51821");
    /* At another gateway that is over. */
    self->gateway = self->target.gateway = ip("192.168.1.254");
    wl_port_mapper_set_target(self->mapper, self->now, &self->target);
    expect_sent(self, 2);
    pass(self, WL_MS(250));
    expect_sent(self, 1);
    pass(self, WL_MS(750));
    expect_sent(self, 1);
    pass(self, WL_SEC(2));
    g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper), ==, WL_NEVER);
}

static void
test_off(Fixture *self, gconstpointer data)
{
    WlMappingTarget none = {0};

    g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper), ==, WL_NEVER);
    expect_state(self, WL_MAPPING_OFF);
    announce_pcp(self);
    wl_port_mapper_retry(self->mapper, self->now);
    wl_port_mapper_set_target(self->mapper, self->now, &none);
    expect_state(self, WL_MAPPING_OFF);
    start(self);
    wl_port_mapper_set_target(self->mapper, self->now, &none);
    expect_state(self, WL_MAPPING_OFF);
    g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper), ==, WL_NEVER);
}

/* ---- mapped -------------------------------------------------------------------------------- */

static void
test_renewal(Fixture *self, gconstpointer data)
{
    WlPcpNonce nonce;

    start_mapped(self, 7200);
    memcpy(&nonce, self->last.bytes + 24, sizeof nonce);
    pass(self, WL_SEC(3600));
    expect_sent(self, 1);
    g_assert_cmpmem(self->last.bytes + 24, sizeof nonce, &nonce, sizeof nonce);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 42), ==, 51821);
    g_assert_cmpmem(self->last.bytes + 56, 4, ip("203.0.113.9").bytes, 4);
    reply_pcp(self, WL_PCP_SUCCESS, 600, "203.0.113.9:51821");
    expect_external(self, "203.0.113.9:51821");
    pass(self, WL_SEC(300));
    expect_sent(self, 1);
    /* The gateway has another address now. */
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.10:51821");
    expect_external(self, "203.0.113.10:51821");
}

/* Half of what is left, at least a minute; then it is over. */
static void
test_renewal_unanswered(Fixture *self, gconstpointer data)
{
    static const int seconds[] = {150, 75, 60, 15};

    start_mapped(self, 600);
    pass(self, WL_SEC(300));
    for (guint i = 0; i < G_N_ELEMENTS(seconds); i++) {
        expect_external(self, "203.0.113.9:51821");
        expect_sent(self, 1);
        pass(self, WL_SEC(seconds[i]));
    }
    expect_state(self, WL_MAPPING_ASKING);
    expect_sent(self, 1);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 42), ==, 51821);
    pass(self, WL_MS(250));
    expect_sent(self, 1);
}

static void
test_lifetimes(Fixture *self, gconstpointer data)
{
    start_mapped(self, 0);
    pass(self, WL_SEC(60));
    expect_sent(self, 1);
    reply_pcp(self, WL_PCP_SUCCESS, G_MAXUINT32, "203.0.113.9:51821");
    pass(self, WL_SEC(43200));
    expect_sent(self, 1);
}

static void
test_external_addresses(Fixture *self, gconstpointer data)
{
    static const struct {
        const char *external;
        gboolean nested;
    } cases[] = {
        {"203.0.113.9:51821", FALSE},
        {"100.64.3.2:51821", TRUE},
        {"192.168.178.20:51821", TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        self->target.port++;
        wl_port_mapper_set_target(self->mapper, self->now, &self->target);
        expect_sent(self, i > 0 ? 2 : 1);
        reply_pcp(self, WL_PCP_SUCCESS, 7200, cases[i].external);
        expect_external(self, cases[i].external);
        g_assert_cmpint(wl_port_mapper_get_view(self->mapper)->nested, ==, cases[i].nested);
    }
}

static void
test_no_external_address(Fixture *self, gconstpointer data)
{
    static const char *const unusable[] = {"0.0.0.0:51821", "203.0.113.9:0", "127.0.0.1:51821",
                                           "224.0.0.1:51821"};

    for (guint i = 0; i < G_N_ELEMENTS(unusable); i++) {
        WlEndpoint endpoint;
        guint8 bytes[WL_PCP_MAP_SIZE];

        self->target.port++;
        start(self);
        make_pcp_reply(self, WL_PCP_SUCCESS, 7200, "1.1.1.1:1", bytes);
        endpoint.ip = ip("203.0.113.9");
        if (i != 1)
            g_assert_true(wl_endpoint_parse(unusable[i], &endpoint));
        wl_put_be16(bytes + 42, i == 1 ? 0 : 51821);
        memcpy(bytes + 56, endpoint.ip.bytes, 4);
        receive(self, bytes, sizeof bytes);
        expect_state(self, WL_MAPPING_REFUSED);
        g_assert_cmpuint(wl_port_mapper_get_view(self->mapper)->result, ==, WL_PCP_NETWORK_FAILURE);
    }
}

/* ---- refused ------------------------------------------------------------------------------- */

static void
test_refused(Fixture *self, gconstpointer data)
{
    static const struct {
        guint32 lifetime;
        int wait;
    } cases[] = {{30, 300}, {30, 600}, {0, 1200},           {7000, 7000},
                 {0, 3600}, {0, 3600}, {G_MAXUINT32, 86400}};

    start(self);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        reply_pcp(self, WL_PCP_NOT_AUTHORIZED, cases[i].lifetime, NULL);
        expect_state(self, WL_MAPPING_REFUSED);
        g_assert_cmpuint(wl_port_mapper_get_view(self->mapper)->result, ==, WL_PCP_NOT_AUTHORIZED);
        pass(self, WL_SEC(cases[i].wait));
        expect_sent(self, 1);
    }
    /* A success forgives. */
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    pass(self, WL_SEC(3600));
    expect_sent(self, 1);
    reply_pcp(self, WL_PCP_NOT_AUTHORIZED, 0, NULL);
    expect_state(self, WL_MAPPING_REFUSED);
    wl_port_mapper_retry(self->mapper, self->now);
    expect_sent(self, 1);
    reply_pcp(self, WL_PCP_NOT_AUTHORIZED, 0, NULL);
    pass(self, WL_SEC(600));
    expect_sent(self, 1);
}

/* ---- NAT-PMP ------------------------------------------------------------------------------- */

static void
test_nat_pmp(Fixture *self, gconstpointer data)
{
    static const guint8 map[] = {0, 1, 0, 0, 0xca, 0x6c, 0xca, 0x6c, 0, 0, 0x1c, 0x20};

    start_nat_pmp(self);
    g_assert_cmpmem(self->last.bytes, self->last.length, map, sizeof map);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 1200);
    expect_state(self, WL_MAPPING_ASKING);
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "203.0.113.9", 0, 0);
    expect_external(self, "203.0.113.9:51822");

    pass(self, WL_SEC(600));
    expect_sent(self, 2);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 6), ==, 51822);
    /* Both parts are said again. */
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "203.0.113.10", 0, 0);
    expect_external(self, "203.0.113.9:51822");
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 7200);
    expect_external(self, "203.0.113.10:51822");
    pass(self, WL_SEC(3600));
    expect_sent(self, 2);
}

static void
test_nat_pmp_lost_reply(Fixture *self, gconstpointer data)
{
    start_nat_pmp(self);
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "203.0.113.9", 0, 0);
    pass(self, WL_MS(250));
    expect_sent(self, 2);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 7200);
    expect_external(self, "203.0.113.9:51822");
}

static void
test_nat_pmp_refused(Fixture *self, gconstpointer data)
{
    start_nat_pmp(self);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_NOT_AUTHORIZED, NULL, 0, 0);
    expect_state(self, WL_MAPPING_REFUSED);
    g_assert_cmpuint(wl_port_mapper_get_view(self->mapper)->result, ==, WL_NAT_PMP_NOT_AUTHORIZED);
    /* Not asked for. */
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_NO_RESOURCES, NULL, 0, 0);
    g_assert_cmpuint(wl_port_mapper_get_view(self->mapper)->result, ==, WL_NAT_PMP_NOT_AUTHORIZED);
    pass(self, WL_SEC(300));
    /* The gateway may know PCP now. */
    expect_sent(self, 1);
    g_assert_cmpuint(self->last.length, ==, WL_PCP_MAP_SIZE);
}

static void
test_nat_pmp_no_address(Fixture *self, gconstpointer data)
{
    start_nat_pmp(self);
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "0.0.0.0", 0, 0);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 7200);
    expect_state(self, WL_MAPPING_REFUSED);
    g_assert_cmpuint(wl_port_mapper_get_view(self->mapper)->result, ==, WL_NAT_PMP_NETWORK_FAILURE);
}

/* ---- the gateway or the network changes ---------------------------------------------------- */

static void
test_removed(Fixture *self, gconstpointer data)
{
    WlMappingTarget none = {0};

    start_mapped(self, 7200);
    wl_port_mapper_set_target(self->mapper, self->now, &self->target);
    expect_sent(self, 0);
    wl_port_mapper_set_target(self->mapper, self->now, &none);
    expect_sent(self, 1);
    g_assert_cmpmem(&self->last.target, sizeof self->target, &self->target, sizeof self->target);
    g_assert_cmpuint(wl_get_be32(self->last.bytes + 4), ==, 0);
    expect_state(self, WL_MAPPING_OFF);
}

static void
test_nat_pmp_removed(Fixture *self, gconstpointer data)
{
    static const guint8 removal[] = {0, 1, 0, 0, 0xca, 0x6c, 0, 0, 0, 0, 0, 0};
    WlMappingTarget none = {0};

    start_nat_pmp(self);
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "203.0.113.9", 0, 0);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 7200);
    wl_port_mapper_set_target(self->mapper, self->now, &none);
    expect_sent(self, 1);
    g_assert_cmpmem(self->last.bytes, self->last.length, removal, sizeof removal);
}

static void
test_other_gateway(Fixture *self, gconstpointer data)
{
    WlMappingTarget former = self->target;
    WlPcpNonce nonce;

    start_mapped(self, 7200);
    memcpy(&nonce, self->last.bytes + 24, sizeof nonce);
    self->gateway = self->target.gateway = ip("192.168.1.254");
    wl_port_mapper_set_target(self->mapper, self->now, &self->target);
    g_assert_true(wl_port_mapper_next_datagram(self->mapper, &self->last));
    g_assert_cmpmem(&self->last.target, sizeof former, &former, sizeof former);
    expect_sent(self, 1);
    expect_state(self, WL_MAPPING_ASKING);
    g_assert_cmpmem(&self->last.target, sizeof self->target, &self->target, sizeof self->target);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 42), ==, 51820);
    /* One gateway cannot renew or remove at another. */
    g_assert_true(memcmp(self->last.bytes + 24, &nonce, sizeof nonce) != 0);
}

/* Each part of a view counts. */
static void
test_views(Fixture *self, gconstpointer data)
{
    const WlMappingView view = {.target = self->target};
    WlMappingView views[9];

    for (guint i = 0; i < G_N_ELEMENTS(views); i++)
        views[i] = view;
    views[0].state++;
    views[1].protocol++;
    views[2].target.gateway.bytes[3]++;
    views[3].target.client.bytes[3]++;
    views[4].target.ifindex++;
    views[5].target.port++;
    views[6].external.port++;
    views[7].nested = TRUE;
    views[8].result++;
    g_assert_true(wl_mapping_view_equal(&view, &view));
    for (guint i = 0; i < G_N_ELEMENTS(views); i++)
        g_assert_false(wl_mapping_view_equal(&view, &views[i]));
}

/* Another process of the same member is the same client. */
static void
test_nonce_after_restart(Fixture *self, gconstpointer data)
{
    WlPcpNonce nonce;
    WlKey secret = {{8}};

    start_mapped(self, 7200);
    memcpy(&nonce, self->last.bytes + 24, sizeof nonce);
    tear_down(self, NULL);
    set_up(self, NULL);
    start(self);
    g_assert_cmpmem(self->last.bytes + 24, sizeof nonce, &nonce, sizeof nonce);
    wl_port_mapper_free(self->mapper);
    self->mapper = wl_port_mapper_new(&secret, half, NULL);
    start(self);
    g_assert_true(memcmp(self->last.bytes + 24, &nonce, sizeof nonce) != 0);
}

static void
test_gateway_restarts(Fixture *self, gconstpointer data)
{
    start_mapped(self, 7200);
    self->epoch++;
    announce_pcp(self);
    expect_external(self, "203.0.113.9:51821");
    self->epoch = 0;
    announce_pcp(self);
    expect_state(self, WL_MAPPING_ASKING);
    /* Half of the random delay; the mapping of before is wanted. */
    g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper) - self->now, ==, WL_SEC(1));
    self->now = wl_port_mapper_get_deadline(self->mapper);
    wl_port_mapper_advance(self->mapper, self->now);
    expect_sent(self, 1);
    g_assert_cmpuint(wl_get_be16(self->last.bytes + 42), ==, 51821);
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    expect_external(self, "203.0.113.9:51821");
}

static void
test_nat_pmp_announcement(Fixture *self, gconstpointer data)
{
    start(self);
    pass(self, WL_MS(250));
    expect_sent(self, 1);
    pass(self, WL_MS(750));
    expect_sent(self, 1);
    pass(self, WL_SEC(2));
    expect_state(self, WL_MAPPING_SILENT);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 7200);
    expect_state(self, WL_MAPPING_SILENT);
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "203.0.113.9", 0, 0);
    expect_state(self, WL_MAPPING_ASKING);
    self->now = wl_port_mapper_get_deadline(self->mapper);
    wl_port_mapper_advance(self->mapper, self->now);
    expect_sent(self, 1);
}

/* Four at once, then one each 150 s. */
static void
test_gateway_runs_wild(Fixture *self, gconstpointer data)
{
    start_mapped(self, 7200);
    for (guint i = 0; i < 20; i++) {
        self->epoch = i % 2 ? 100000 : 0;
        announce_pcp(self);
        if (i >= 4) {
            expect_external(self, "203.0.113.9:51821");
            continue;
        }
        expect_state(self, WL_MAPPING_ASKING);
        self->now = wl_port_mapper_get_deadline(self->mapper);
        wl_port_mapper_advance(self->mapper, self->now);
        expect_sent(self, 1);
        reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    }
}

/* ---- replies that are none ----------------------------------------------------------------- */

static void
test_foreign_replies(Fixture *self, gconstpointer data)
{
    static const struct {
        const char *sentence;
        gsize offset;
    } cases[] = {
        {"another nonce, first byte", 24},
        {"another nonce, last byte", 35},
        {"another protocol", 36},
        {"another internal port", 41},
        {"another version", 0},
        {"a request", 1},
    };
    WlIp stranger = ip("192.168.1.66");
    guint8 bytes[WL_PCP_MAP_SIZE];

    start(self);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].sentence);
        make_pcp_reply(self, WL_PCP_SUCCESS, 7200, "198.51.100.1:1", bytes);
        bytes[cases[i].offset] ^= 0x81;
        receive(self, bytes, sizeof bytes);
        expect_state(self, WL_MAPPING_ASKING);
    }
    make_pcp_reply(self, WL_PCP_SUCCESS, 7200, "198.51.100.1:1", bytes);
    wl_port_mapper_received(self->mapper, self->now, &stranger, bytes, sizeof bytes);
    expect_state(self, WL_MAPPING_ASKING);
    /* Of the other protocol than was asked. */
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_SUCCESS, "198.51.100.1", 0, 0);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_SUCCESS, NULL, 51822, 7200);
    reply_nat_pmp(self, WL_NAT_PMP_MAP_UDP, WL_NAT_PMP_NO_RESOURCES, NULL, 0, 0);
    expect_state(self, WL_MAPPING_ASKING);
    expect_sent(self, 0);
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.9:51821");
    /* A second reply, or one that was not asked for. */
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "203.0.113.10:51821");
    reply_pcp(self, WL_PCP_NOT_AUTHORIZED, 0, NULL);
    expect_external(self, "203.0.113.9:51821");
}

static void
test_ipv6(Fixture *self, gconstpointer data)
{
    self->gateway = self->target.gateway = ip("fe80::1");
    self->target.client = ip("2001:db8::7");
    start(self);
    /* NAT-PMP knows IPv4 only. */
    reply_nat_pmp(self, WL_NAT_PMP_ADDRESS, WL_NAT_PMP_UNSUPPORTED_VERSION, "0.0.0.0", 0, 0);
    expect_sent(self, 0);
    reply_pcp(self, WL_PCP_SUCCESS, 7200, "[2001:db8::7]:51820");
    expect_external(self, "[2001:db8::7]:51820");
    g_assert_false(wl_port_mapper_get_view(self->mapper)->nested);
}

#define ADD(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    ADD("/mapping/asking/the request has port, address and lifetime", test_request);
    ADD("/mapping/asking/a silent gateway gets three requests", test_silent);
    ADD("/mapping/asking/one that spoke before is asked again", test_silent_again);
    ADD("/mapping/asking/without a gateway nothing is sent", test_off);
    ADD("/mapping/mapped/it is renewed after half of its life", test_renewal);
    ADD("/mapping/mapped/an unanswered renewal is repeated", test_renewal_unanswered);
    ADD("/mapping/mapped/lifetimes have bounds", test_lifetimes);
    ADD("/mapping/mapped/a private external address is behind another NAT",
        test_external_addresses);
    ADD("/mapping/mapped/a gateway without an address maps nothing", test_no_external_address);
    ADD("/mapping/refused/it is asked again later and later", test_refused);
    ADD("/mapping/nat-pmp/it follows the refusal of PCP", test_nat_pmp);
    ADD("/mapping/nat-pmp/one of two replies is lost", test_nat_pmp_lost_reply);
    ADD("/mapping/nat-pmp/the gateway refuses", test_nat_pmp_refused);
    ADD("/mapping/nat-pmp/the gateway has no address", test_nat_pmp_no_address);
    ADD("/mapping/change/the mapping is removed", test_removed);
    ADD("/mapping/change/the mapping of NAT-PMP is removed", test_nat_pmp_removed);
    ADD("/mapping/change/another gateway", test_other_gateway);
    ADD("/mapping/change/each part of a view counts", test_views);
    ADD("/mapping/change/a restarted member is the same client", test_nonce_after_restart);
    ADD("/mapping/change/the gateway restarts", test_gateway_restarts);
    ADD("/mapping/change/a gateway announces NAT-PMP", test_nat_pmp_announcement);
    ADD("/mapping/change/a gateway that runs wild is not followed", test_gateway_runs_wild);
    ADD("/mapping/replies/foreign ones change nothing", test_foreign_replies);
    ADD("/mapping/replies/IPv6 opens a pinhole by PCP", test_ipv6);
    return g_test_run();
}
