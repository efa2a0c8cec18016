/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of docs/engine.md "Port mapping". PCP comes first: its request is probe and
 * request in one, and a gateway that knows only NAT-PMP says so at once.
 */
#include "wl-port-mapper.h"

#include <sodium.h>

#include "wl-gateway-epoch.h"
#include "wl-nat-pmp.h"
#include "wl-rate-limit.h"
#include "wl-time.h"

#define LIFETIME         7200 /* s that are asked for */
#define MIN_LIFETIME     WL_SEC(120)
#define MAX_LIFETIME     WL_SEC(86400)
#define MIN_RENEW        WL_SEC(60) /* between two requests for a mapping that is there */
#define REFUSED_PAUSE    WL_SEC(300)
#define SILENT_PAUSE     WL_SEC(10) /* of a gateway that spoke before */
#define PAUSE_MAX        WL_SEC(3600)
#define RESTART_DELAY    WL_SEC(2) /* at most, so that all clients do not ask at once */
#define RESTART_INTERVAL WL_SEC(150)
#define RESTART_BURST    4
#define JITTER           10 /* one part in so many, earlier or later */

/* How long to wait after each request until the next one; after the last the gateway is silent. */
static const gint64 patience[] = {WL_MS(250), WL_MS(750), WL_SEC(2)};

struct _WlPortMapper {
    guint8 secret[crypto_generichash_KEYBYTES];
    WlRandomFunc random;
    gpointer user_data;

    WlMappingView view;
    guint tries;       /* requests since an answer */
    gboolean awaiting; /* an answer to a request */
    gboolean spoke;    /* the gateway answered or announced before */
    guint refusals;    /* or silences after it spoke, in sequence */
    gint64 deadline, expires;
    WlEndpoint assigned;                /* by the last reply; suggested in the next request */
    gboolean address_known, port_known; /* NAT-PMP says them one by one */
    guint32 lifetime;                   /* of the port, s */
    WlGatewayEpoch epoch;
    WlRateLimit restarts;
    GArray *datagrams; /* of WlMappingDatagram */
};

G_STATIC_ASSERT(sizeof(((WlKey *) NULL)->bytes) >= crypto_generichash_KEYBYTES_MIN);

const char *
wl_mapping_state_to_string(WlMappingState state)
{
    static const char *const names[] = {"off", "asking", "mapped", "silent", "refused"};

    g_return_val_if_fail((guint) state < G_N_ELEMENTS(names), "");
    return names[state];
}

gboolean
wl_mapping_target_equal(const WlMappingTarget *a, const WlMappingTarget *b)
{
    return wl_ip_equal(&a->gateway, &b->gateway) && a->ifindex == b->ifindex &&
           wl_ip_equal(&a->client, &b->client) && a->port == b->port;
}

gboolean
wl_mapping_view_equal(const WlMappingView *a, const WlMappingView *b)
{
    return a->state == b->state && a->protocol == b->protocol &&
           wl_mapping_target_equal(&a->target, &b->target) &&
           wl_endpoint_equal(&a->external, &b->external) && a->nested == b->nested &&
           a->result == b->result;
}

WlPortMapper *
wl_port_mapper_new(const WlKey *secret, WlRandomFunc random, gpointer user_data)
{
    static const guint8 purpose[] = "wirelink port mapping";
    WlPortMapper *self = g_new0(WlPortMapper, 1);

    crypto_generichash(self->secret, sizeof self->secret, purpose, sizeof purpose - 1,
                       secret->bytes, sizeof secret->bytes);
    self->random = random;
    self->user_data = user_data;
    self->deadline = WL_NEVER;
    self->datagrams = g_array_new(FALSE, FALSE, sizeof(WlMappingDatagram));
    return self;
}

void
wl_port_mapper_free(WlPortMapper *self)
{
    if (!self)
        return;
    sodium_memzero(self->secret, sizeof self->secret);
    g_array_unref(self->datagrams);
    g_free(self);
}

/* Less than @range, evenly. */
static gint64
random_time(WlPortMapper *self, gint64 range)
{
    guint16 number;

    self->random(self->user_data, (guint8 *) &number, sizeof number);
    return range * number / (G_MAXUINT16 + 1);
}

/* ---- requests ------------------------------------------------------------------------------ */

/* The same for one gateway and port after a restart too: only who knows it may renew or remove. */
static WlPcpNonce
make_nonce(const WlPortMapper *self, const WlMappingTarget *target)
{
    guint8 text[sizeof target->gateway + sizeof target->port];
    guint8 hash[crypto_generichash_BYTES];
    WlPcpNonce nonce;

    memcpy(text, &target->gateway, sizeof target->gateway);
    memcpy(text + sizeof target->gateway, &target->port, sizeof target->port);
    crypto_generichash(hash, sizeof hash, text, sizeof text, self->secret, sizeof self->secret);
    memcpy(nonce.bytes, hash, sizeof nonce.bytes);
    return nonce;
}

static WlMappingDatagram *
add_datagram(WlPortMapper *self, gsize length)
{
    WlMappingDatagram datagram = {.target = self->view.target, .length = length};

    g_array_append_val(self->datagrams, datagram);
    return &g_array_index(self->datagrams, WlMappingDatagram, self->datagrams->len - 1);
}

/* @lifetime 0 removes the mapping. */
static void
send_request(WlPortMapper *self, guint32 lifetime)
{
    const WlMappingTarget *target = &self->view.target;
    guint16 suggested = self->assigned.port ? self->assigned.port : target->port;

    if (self->view.protocol == WL_MAPPING_NAT_PMP) {
        if (lifetime > 0)
            wl_nat_pmp_encode_address(add_datagram(self, WL_NAT_PMP_ADDRESS_SIZE)->bytes);
        wl_nat_pmp_encode_map(target->port, lifetime > 0 ? suggested : 0, lifetime,
                              add_datagram(self, WL_NAT_PMP_MAP_SIZE)->bytes);
    } else {
        WlPcpRequest request = {
            .nonce = make_nonce(self, target),
            .client = target->client,
            .internal_port = target->port,
            .suggested = {.ip = self->assigned.ip, .port = suggested},
            .lifetime = lifetime,
        };

        wl_pcp_encode_map(&request, add_datagram(self, WL_PCP_MAP_SIZE)->bytes);
    }
}

/* ---- states -------------------------------------------------------------------------------- */

static void
ask(WlPortMapper *self, gint64 now)
{
    self->awaiting = TRUE;
    send_request(self, LIFETIME);
    self->deadline = now + patience[self->tries++];
}

static void
begin(WlPortMapper *self, WlMappingProtocol protocol)
{
    self->view.state = WL_MAPPING_ASKING;
    self->view.protocol = protocol;
    self->tries = 0;
    self->address_known = self->port_known = FALSE;
}

static void
start(WlPortMapper *self, gint64 now, WlMappingProtocol protocol)
{
    begin(self, protocol);
    ask(self, now);
}

static void
renew(WlPortMapper *self, gint64 now)
{
    self->awaiting = TRUE;
    self->address_known = self->port_known = FALSE;
    send_request(self, LIFETIME);
    self->deadline = MIN(now + MAX((self->expires - now) / 2, MIN_RENEW), self->expires);
}

static void
set_mapped(WlPortMapper *self, gint64 now, guint32 lifetime)
{
    gint64 life = CLAMP(WL_SEC(lifetime), MIN_LIFETIME, MAX_LIFETIME);
    gint64 half = life / 2;

    self->awaiting = FALSE;
    self->refusals = 0;
    self->view.state = WL_MAPPING_MAPPED;
    self->view.external = self->assigned;
    self->view.nested = wl_ip_is_private(&self->assigned.ip);
    self->expires = now + life;
    self->deadline = now + half - half / JITTER + random_time(self, 2 * half / JITTER);
}

/* How long to wait before the gateway is asked again: longer and longer. */
static gint64
next_pause(WlPortMapper *self, gint64 first)
{
    guint doublings = MIN(self->refusals, 9);

    self->refusals++;
    return MIN(first << doublings, PAUSE_MAX);
}

static void
set_refused(WlPortMapper *self, gint64 now, guint result, guint32 lifetime)
{
    gint64 pause = next_pause(self, REFUSED_PAUSE);

    self->awaiting = FALSE;
    self->view.state = WL_MAPPING_REFUSED;
    self->view.result = result;
    self->deadline = now + CLAMP(WL_SEC(lifetime), pause, MAX_LIFETIME);
}

/* A gateway that never spoke is asked no more; one that did may be about to start. */
static void
set_silent(WlPortMapper *self, gint64 now)
{
    self->awaiting = FALSE;
    self->view.state = WL_MAPPING_SILENT;
    self->deadline = self->spoke ? now + next_pause(self, SILENT_PAUSE) : WL_NEVER;
}

void
wl_port_mapper_advance(WlPortMapper *self, gint64 now)
{
    if (now < self->deadline)
        return;
    switch (self->view.state) {
    case WL_MAPPING_ASKING:
        if (self->tries < G_N_ELEMENTS(patience)) {
            ask(self, now);
            return;
        }
        set_silent(self, now);
        return;
    case WL_MAPPING_MAPPED:
        if (now < self->expires)
            renew(self, now);
        else
            start(self, now, WL_MAPPING_PCP);
        return;
    case WL_MAPPING_REFUSED:
    case WL_MAPPING_SILENT:
        start(self, now, WL_MAPPING_PCP);
        return;
    case WL_MAPPING_OFF:
        return;
    }
}

void
wl_port_mapper_set_target(WlPortMapper *self, gint64 now, const WlMappingTarget *target)
{
    if (wl_mapping_target_equal(&self->view.target, target))
        return;
    if (self->view.state == WL_MAPPING_MAPPED)
        send_request(self, 0);
    self->view = (WlMappingView){.target = *target};
    self->assigned = (WlEndpoint){0};
    self->epoch = (WlGatewayEpoch){0};
    self->refusals = 0;
    self->spoke = FALSE;
    self->awaiting = FALSE;
    self->deadline = WL_NEVER;
    if (target->gateway.family != WL_FAMILY_NONE)
        start(self, now, WL_MAPPING_PCP);
}

void
wl_port_mapper_retry(WlPortMapper *self, gint64 now)
{
    if (self->view.state == WL_MAPPING_SILENT || self->view.state == WL_MAPPING_REFUSED)
        start(self, now, WL_MAPPING_PCP);
}

/* ---- replies ------------------------------------------------------------------------------- */

/* The gateway started anew, or speaks after all. Asks within RESTART_DELAY, unless it says so too
 * often. */
static void
announced(WlPortMapper *self, gint64 now, gboolean lost)
{
    if (self->awaiting || (self->view.state == WL_MAPPING_MAPPED && !lost) ||
        !wl_rate_limit_take(&self->restarts, now, RESTART_INTERVAL, RESTART_BURST))
        return;
    begin(self, WL_MAPPING_PCP);
    self->deadline = now + random_time(self, RESTART_DELAY);
}

/* A gateway that has no external address itself maps to none. */
static void
assign(WlPortMapper *self, gint64 now, guint32 lifetime)
{
    if (self->assigned.port != 0 && wl_ip_is_global_unicast(&self->assigned.ip))
        set_mapped(self, now, lifetime);
    else
        set_refused(self, now,
                    self->view.protocol == WL_MAPPING_PCP ? (guint) WL_PCP_NETWORK_FAILURE
                                                          : (guint) WL_NAT_PMP_NETWORK_FAILURE,
                    0);
}

static void
received_pcp(WlPortMapper *self, gint64 now, const WlPcpResponse *response)
{
    gboolean lost = wl_gateway_epoch_update(&self->epoch, response->epoch, now);
    WlPcpNonce nonce = make_nonce(self, &self->view.target);

    if (response->opcode == WL_PCP_ANNOUNCE) {
        announced(self, now, lost);
        return;
    }
    if (!self->awaiting || self->view.protocol != WL_MAPPING_PCP ||
        sodium_memcmp(&nonce, &response->nonce, sizeof nonce) != 0 ||
        response->internal_port != self->view.target.port)
        return;
    if (response->result != WL_PCP_SUCCESS) {
        set_refused(self, now, response->result, response->lifetime);
        return;
    }
    self->assigned = response->external;
    assign(self, now, response->lifetime);
}

static void
failed_nat_pmp(WlPortMapper *self, gint64 now, guint result)
{
    if (!self->awaiting)
        return;
    if (self->view.protocol == WL_MAPPING_NAT_PMP)
        set_refused(self, now, result, 0);
    else if (result == WL_NAT_PMP_UNSUPPORTED_VERSION)
        start(self, now, WL_MAPPING_NAT_PMP);
}

/* Address and port are two replies, in any order. */
static void
received_nat_pmp(WlPortMapper *self, gint64 now, const WlNatPmpResponse *response)
{
    gboolean lost;

    if (response->result != WL_NAT_PMP_SUCCESS) {
        failed_nat_pmp(self, now, response->result);
        return;
    }
    lost = wl_gateway_epoch_update(&self->epoch, response->epoch, now);
    if (!self->awaiting && response->opcode == WL_NAT_PMP_ADDRESS)
        announced(self, now, lost);
    if (!self->awaiting || self->view.protocol != WL_MAPPING_NAT_PMP)
        return;
    if (response->opcode == WL_NAT_PMP_ADDRESS) {
        self->assigned.ip = response->address;
        self->address_known = TRUE;
    } else if (response->internal_port == self->view.target.port) {
        self->assigned.port = response->external_port;
        self->lifetime = response->lifetime;
        self->port_known = TRUE;
    }
    if (self->address_known && self->port_known)
        assign(self, now, self->lifetime);
}

void
wl_port_mapper_received(WlPortMapper *self, gint64 now, const WlIp *source, const guint8 *data,
                        gsize length)
{
    WlPcpResponse pcp;
    WlNatPmpResponse nat_pmp;

    if (self->view.state == WL_MAPPING_OFF || !wl_ip_equal(source, &self->view.target.gateway))
        return;
    if (wl_pcp_decode(data, length, &pcp)) {
        self->spoke = TRUE;
        received_pcp(self, now, &pcp);
    } else if (source->family == WL_FAMILY_V4 && wl_nat_pmp_decode(data, length, &nat_pmp)) {
        self->spoke = TRUE;
        received_nat_pmp(self, now, &nat_pmp);
    }
}

/* ---- results ------------------------------------------------------------------------------- */

gboolean
wl_port_mapper_next_datagram(WlPortMapper *self, WlMappingDatagram *datagram)
{
    if (self->datagrams->len == 0)
        return FALSE;
    *datagram = g_array_index(self->datagrams, WlMappingDatagram, 0);
    g_array_remove_index(self->datagrams, 0);
    return TRUE;
}

gint64
wl_port_mapper_get_deadline(const WlPortMapper *self)
{
    return self->deadline;
}

const WlMappingView *
wl_port_mapper_get_view(const WlPortMapper *self)
{
    return &self->view;
}
