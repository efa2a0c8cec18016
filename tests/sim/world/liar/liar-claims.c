/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strategies: false facts about others and about the liar itself. Members of a group share the
 * lies about one subject, which so are more than one source may give.
 */
#include "world/liar/liar-private.h"

#define LIES_OF_SUBJECT 16 /* endpoints, of the whole group */
#define INTRODUCED      20
#define FLOODED         27 /* endpoints in a full datagram */

/* A host that is no member. */
static WlEndpoint
bystander(guint i)
{
    guint8 bytes[] = {198, 51, 100, (guint8) (200 + i % 50)};
    WlEndpoint endpoint = {.port = (guint16) (1024 + i)};

    wl_ip_from_bytes(&endpoint.ip, WL_FAMILY_V4, bytes);
    return endpoint;
}

static WlEndpoint
random_endpoint(const SimLiarHost *self)
{
    static const guint8 networks[][2] = {{198, 51}, {203, 0}, {192, 168}, {172, 18}, {10, 77}};
    const guint8 *network = networks[liar_random(self, G_N_ELEMENTS(networks))];
    guint8 bytes[] = {network[0], network[1], (guint8) liar_random(self, 8),
                      (guint8) liar_random(self, 256)};
    WlEndpoint endpoint = {.port = (guint16) liar_random(self, 65536)};

    wl_ip_from_bytes(&endpoint.ip, WL_FAMILY_V4, bytes);
    return endpoint;
}

/* Where the device of the liar has @host. */
static gboolean
get_place(const SimLiarHost *self, const SimHost *host, WlEndpoint *endpoint)
{
    return sim_device_get_endpoint(self->host->device, &host->public_key, endpoint);
}

typedef gboolean (*MakeEndpoint)(const LiarWork *work, const SimLiarHost *self,
                                 const SimHost *subject, guint i, WlEndpoint *endpoint);

static void
tell_endpoints(const LiarWork *work, SimLiarHost *self, SimHost *to, MakeEndpoint make, guint n)
{
    const GPtrArray *hosts = work->group->world->hosts;
    GArray *facts = liar_facts_new();

    for (guint i = 0; i < hosts->len; i++) {
        const SimHost *subject = hosts->pdata[i];

        for (guint j = 0; j < n && !subject->liar && subject != to; j++) {
            WlEndpoint endpoint;

            if (liar_shares(self, j) && make(work, self, subject, j, &endpoint))
                liar_add_endpoint(facts, subject, &endpoint, 255);
        }
    }
    liar_tell(self, to, facts, FALSE);
}

static gboolean
make_same(const LiarWork *work, const SimLiarHost *self, const SimHost *subject, guint i,
          WlEndpoint *endpoint)
{
    *endpoint = bystander(subject->index * LIES_OF_SUBJECT + i);
    return TRUE;
}

static gboolean
make_other(const LiarWork *work, const SimLiarHost *self, const SimHost *subject, guint i,
           WlEndpoint *endpoint)
{
    *endpoint = random_endpoint(self);
    return TRUE;
}

/* The place of another member. */
static gboolean
make_swapped(const LiarWork *work, const SimLiarHost *self, const SimHost *subject, guint i,
             WlEndpoint *endpoint)
{
    const SimHost *other = liar_pick(self, subject);

    return other && get_place(self, other, endpoint);
}

static void
repeat_endpoints(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    tell_endpoints(work, self, to, make_same, LIES_OF_SUBJECT);
}

static void
rotate_endpoints(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    tell_endpoints(work, self, to, make_other, 6);
}

static void
swap_endpoints(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    tell_endpoints(work, self, to, make_swapped, 6);
}

/* About itself: places of others, of the receiver, in the tunnel, on networks of the receiver. */
static void
tell_own_endpoints(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    GArray *facts = liar_facts_new();

    for (guint i = 0; i < 6; i++) {
        const SimHost *other = liar_pick(self, NULL);
        WlEndpoint endpoint;

        if (liar_chance(self, 0.5) || !other || !get_place(self, other, &endpoint))
            endpoint = random_endpoint(self);
        liar_add_endpoint(facts, self->host, &endpoint, 1 + liar_random(self, 255));
    }
    liar_tell(self, to, facts, FALSE);
}

/* ---- prefixes */

/* A prefix that is not the liar's: of a member, a part of the tunnel, of the internet, a default
 * route, a server of the receiver. */
static void
make_prefix(const SimLiarHost *self, WlPrefix *prefix)
{
    static const char *const texts[] = {"10.77.0.0/24",   "10.77.0.0/25", "10.77.0.1/32",
                                        "0.0.0.0/0",      "128.0.0.0/1",  "203.0.113.1/32",
                                        "172.20.0.53/32", "fd77::/64",    "198.51.100.0/24"};
    const SimHost *other = liar_pick(self, NULL);

    if (other && other->config->addresses->len > 0 && liar_chance(self, 0.5))
        *prefix = wl_prefix_from_ip(&g_array_index(other->config->addresses, WlPrefix, 0).ip);
    else
        wl_prefix_parse(texts[liar_random(self, G_N_ELEMENTS(texts))], prefix);
}

/* Claims of some seconds are withdrawn by their expiry. */
static void
claim_prefixes(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    GArray *facts = liar_facts_new();

    for (guint i = 0; i < 6; i++) {
        const SimHost *about = liar_chance(self, 0.6) ? self->host : liar_pick(self, to);
        WlPrefix prefix;

        make_prefix(self, &prefix);
        if (about)
            liar_add_prefix(facts, about, &prefix, liar_chance(self, 0.5) ? 3 : 255);
    }
    liar_tell(self, to, facts, FALSE);
}

/* ---- members */

static void
add_member(GArray *facts, const WlKey *key, const char *name, int basic, guint ttl)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new(name, basic);
    WlFact fact;

    wl_fact_init_metadata(&fact, key, metadata, 0);
    fact.ttl = (guint16) ttl;
    g_array_append_val(facts, fact);
}

/* Members that do not exist, with endpoints, and other names of those that do. */
static void
introduce(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    const SimHost *other = liar_pick(self, to);
    GArray *facts = liar_facts_new();

    for (guint i = 0; i < INTRODUCED; i++) {
        SimHost ghost = {0};
        WlEndpoint endpoint = bystander(i);

        liar_random_bytes(work->group, ghost.public_key.bytes, sizeof(ghost.public_key.bytes));
        add_member(facts, &ghost.public_key, other ? other->name : "ghost", i % 3 - 1, 255);
        if (i % 4 == 0)
            liar_add_endpoint(facts, &ghost, &endpoint, 255);
    }
    if (other)
        add_member(facts, &other->public_key, to->name, (int) work->step % 2, 1 + work->step % 255);
    add_member(facts, &self->host->public_key, to->name, 0, 255);
    liar_tell(self, to, facts, FALSE);
}

/* ---- expiries */

/* True facts for a second, and the end of the liar itself. */
static void
leave(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    const SimHost *other = liar_pick(self, to);
    GArray *facts = liar_facts_new();
    WlEndpoint endpoint;
    WlBootId boot_id;
    WlFact fact;

    liar_random_bytes(work->group, boot_id.bytes, sizeof(boot_id.bytes));
    wl_fact_init_alive(&fact, &self->host->public_key, &boot_id, 0);
    fact.ttl = (guint16) (work->step % 3);
    g_array_append_val(facts, fact);
    if (other && get_place(self, other, &endpoint)) {
        WlPrefix prefix =
            wl_prefix_from_ip(&g_array_index(other->config->addresses, WlPrefix, 0).ip);

        liar_add_endpoint(facts, other, &endpoint, work->step % 2);
        liar_add_prefix(facts, other, &prefix, work->step % 2);
        add_member(facts, &other->public_key, other->name, -1, work->step % 2);
    }
    if (get_place(self, to, &endpoint))
        liar_add_endpoint(facts, self->host, &endpoint, 1);
    liar_tell(self, to, facts, FALSE);
}

/* ---- floods */

/* For a second of every ten as much as a receiver takes; at first its whole burst. */
static void
flood(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    guint n = work->step == 0 ? 1100 : work->step % 100 < 10 ? 11 : 0;

    for (guint i = 0; i < n; i++) {
        const SimHost *subject = liar_pick(self, to);
        GArray *facts;

        if ((i + work->step) % 40 > 0) {
            liar_send_inner(self, to, (const guint8 *) "", 0, TRUE);
            continue;
        }
        facts = liar_facts_new();
        for (guint j = 0; subject && j < FLOODED; j++) {
            WlEndpoint endpoint = bystander(i * FLOODED + j);
            liar_add_endpoint(facts, subject, &endpoint, 255);
        }
        liar_tell(self, to, facts, TRUE);
    }
}

const LiarStrategy liar_claims[] = {
    {"endpoints", SIM_SEC(5), repeat_endpoints},
    {"rotation", SIM_SEC(1), rotate_endpoints},
    {"swap", SIM_SEC(4), swap_endpoints},
    {"own-endpoints", SIM_SEC(3), tell_own_endpoints},
    {"prefixes", SIM_SEC(2), claim_prefixes},
    {"introductions", SIM_SEC(3), introduce},
    {"leaves", SIM_SEC(1), leave},
    {"flood", SIM_MSEC(100), flood},
    {NULL},
};
