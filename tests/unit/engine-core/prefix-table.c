/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which claims are evaluated again, and which endpoints no claim may cover. */
#include "state/wl-prefix-table.h"

#include <string.h>

#include "facts/wl-prefix-component.h"
#include "harness.h"

#define HOST "192.0.2.9:1"

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

/* The dirty prefixes, in order; those that may exclude claims inside them with a mark. */
static char *
take_dirty(WlPrefixTable *table)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < table->dirty->len; i++) {
        const WlDirtyPrefix *dirty = &g_array_index(table->dirty, WlDirtyPrefix, i);
        g_autofree char *prefix = wl_prefix_to_string(&dirty->prefix);

        g_string_append_printf(text, "%s%s%s", i > 0 ? " " : "", prefix, dirty->wide ? "!" : "");
    }
    g_assert_cmpint(table->due, ==, table->dirty->len > 0);
    g_array_set_size(table->dirty, 0);
    table->due = FALSE;
    return g_string_free(text, FALSE);
}

static void
assert_dirty(WlPrefixTable *table, const char *expected)
{
    g_autofree char *dirty = take_dirty(table);

    g_assert_cmpstr(dirty, ==, expected);
}

/* ---- claims */

typedef struct {
    WlPrefixTable table;
    WlPeerTable peers;
    WlFactSet *facts;
} World;

static World *
world_new(void)
{
    World *world = g_new0(World, 1);

    memset(&world->table, 0xa5, sizeof(world->table));
    world->table = (WlPrefixTable){0};
    wl_prefix_table_init(&world->table);
    wl_peer_table_init(&world->peers);
    world->facts = wl_fact_set_new();
    return world;
}

static void
world_free(World *world)
{
    wl_prefix_table_clear(&world->table);
    wl_peer_table_clear(&world->peers);
    wl_fact_set_free(world->facts);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static WlFactEntry *
claim(World *world, guint subject, const char *text)
{
    WlKey about = key_of(subject), source = key_of(50);
    WlPrefix prefix = harness_prefix(text);
    WlFactSource *origin;
    WlFactEntry *entry;
    WlFact fact;

    wl_fact_init_allowed(&fact, &about, &prefix, 0);
    wl_fact_set_add_source(world->facts, &fact, &source, 0, WL_SEC(255), &entry, &origin);
    wl_prefix_table_fact_changed(&world->table, &world->peers, entry);
    return entry;
}

static guint
count_claims(const World *world, const char *text)
{
    WlPrefix prefix = harness_prefix(text);
    const WlClaimedPrefix *claimed = wl_prefix_map_get(world->table.claimed, &prefix);

    return claimed ? claimed->entries->len : 0;
}

/* A fact is in its prefix once, as long as it has a source. */
static void
test_claims(void)
{
    g_autoptr(World) world = world_new();
    WlFactEntry *first = claim(world, 1, "10.1.2.3/16"), *second;

    assert_dirty(&world->table, "10.1.0.0/16!");
    g_assert_cmpuint(count_claims(world, "10.1.0.0/16"), ==, 1);
    claim(world, 1, "10.1.2.3/16");
    g_assert_cmpuint(count_claims(world, "10.1.0.0/16"), ==, 1);
    second = claim(world, 2, "10.1.0.0/16");
    g_assert_cmpuint(count_claims(world, "10.1.0.0/16"), ==, 2);
    assert_dirty(&world->table, "10.1.0.0/16! 10.1.0.0/16!");
    g_array_set_size(first->sources, 0);
    wl_prefix_table_fact_changed(&world->table, &world->peers, first);
    wl_prefix_table_fact_changed(&world->table, &world->peers, first);
    g_assert_cmpuint(count_claims(world, "10.1.0.0/16"), ==, 1);
    g_assert_false(first->in_prefix_table);
    g_assert_true(second->in_prefix_table);
    assert_dirty(&world->table, "10.1.0.0/16! 10.1.0.0/16!");
    /* one that was never claimed */
    first->fact.value.prefix = harness_prefix("10.2.0.0/16");
    wl_prefix_table_fact_changed(&world->table, &world->peers, first);
    assert_dirty(&world->table, "");
}

/* A prefix of a transit peer excludes none inside it, unless another member claims it too. */
static void
test_wide(void)
{
    g_autoptr(World) world = world_new();
    WlKey router = key_of(1);

    wl_peer_table_add(&world->peers, &router, NULL)->router = TRUE;
    claim(world, 1, "10.1.0.0/16");
    assert_dirty(&world->table, "10.1.0.0/16");
    claim(world, 2, "10.1.0.0/16");
    assert_dirty(&world->table, "10.1.0.0/16!");
    claim(world, 1, "10.1.0.0/16");
    assert_dirty(&world->table, "10.1.0.0/16!");
}

static void
test_transit(void)
{
    static const struct {
        gboolean known, router, configured;
        WlTrust trust;
        gboolean transit;
    } rows[] = {
        {FALSE, FALSE, FALSE, WL_TRUST_UNSET, FALSE},
        {TRUE, FALSE, FALSE, WL_TRUST_UNSET, FALSE},
        {TRUE, TRUE, FALSE, WL_TRUST_UNSET, TRUE},
        {TRUE, FALSE, TRUE, WL_TRUST_UNSET, FALSE},
        {TRUE, FALSE, TRUE, WL_TRUST_ENDPOINT, FALSE},
        {TRUE, FALSE, TRUE, WL_TRUST_ALLOWED_IPS, TRUE},
        {TRUE, FALSE, TRUE, WL_TRUST_MEMBERSHIP, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        WlKey key = key_of(1);
        g_autoptr(WlPeerConfig) config = wl_peer_config_new(&key);

        g_test_message("row %u", i);
        config->trust = rows[i].trust;
        if (rows[i].known)
            wl_peer_table_add(&world->peers, &key, rows[i].configured ? config : NULL)->router =
                rows[i].router;
        g_assert_cmpint(wl_prefix_table_is_transit(&world->peers, &key), ==, rows[i].transit);
    }
}

/* Which claims the change of a prefix concerns: of the profile, or of a router. */
static void
test_changed(void)
{
    static const char *const claims[] = {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16"};
    WlPrefix prefix = harness_prefix("10.1.0.0/16");
    g_autoptr(World) world = world_new();

    for (guint i = 0; i < G_N_ELEMENTS(claims); i++)
        claim(world, 1, claims[i]);
    g_array_set_size(world->table.dirty, 0);
    wl_prefix_table_inside_changed(&world->table, &prefix);
    assert_dirty(&world->table, "10.1.0.0/16! 10.1.2.0/24!");
    wl_prefix_table_configured_changed(&world->table, &prefix);
    assert_dirty(&world->table, "10.0.0.0/8! 10.1.0.0/16! 10.1.0.0/16! 10.1.2.0/24!");
}

/* The arbitration runs at once, unless it was delayed. */
static void
test_due(void)
{
    g_autoptr(World) world = world_new();
    WlPrefix prefix = harness_prefix("10.1.0.0/16");

    g_assert_false(wl_prefix_table_is_due(&world->table, 0));
    wl_prefix_table_mark_dirty(&world->table, &prefix, FALSE);
    g_assert_true(wl_prefix_table_is_due(&world->table, WL_LONG_AGO));
    wl_prefix_table_delay(&world->table, WL_SEC(5));
    g_assert_false(wl_prefix_table_is_due(&world->table, WL_SEC(5) - 1));
    g_assert_true(wl_prefix_table_is_due(&world->table, WL_SEC(5)));
}

/* What is evaluated together because of one dirty prefix: claims that may exclude each other.
 * Leaves have odd numbers, routers even ones. */
static void
test_component(void)
{
    static const struct {
        const char *dirty, *together;
    } rows[] = {
        {"10.0.0.0/8", "10.0.0.0/8"}, /* of a router: those inside are not its concern */
        {"10.1.0.0/16", "10.1.0.0/16 10.1.2.0/24 10.1.2.3/32"},
        {"10.1.2.3/32", "10.1.0.0/16 10.1.2.0/24 10.1.2.3/32"},
        {"10.1.2.0/24", "10.1.0.0/16 10.1.2.0/24 10.1.2.3/32"},
        {"10.2.2.0/24", "10.2.2.0/24"},
        {"10.3.0.0/16", ""},
        {"10.2.2.0/24 10.1.2.0/24 10.1.2.3/32", "10.2.2.0/24 10.1.0.0/16 10.1.2.0/24 10.1.2.3/32"},
    };
    static const struct {
        const char *prefix;
        guint subject;
    } claims[] = {{"10.0.0.0/8", 2},  {"10.1.0.0/16", 1}, {"10.1.2.0/24", 2},
                  {"10.1.2.3/32", 3}, {"10.2.0.0/16", 2}, {"10.2.2.0/24", 3}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) dirty = g_strsplit(rows[i].dirty, " ", 0);
        g_auto(WlPrefixComponent) component = {0};
        g_autoptr(GString) together = g_string_new(NULL);
        g_autoptr(World) world = world_new();
        WlKey router = key_of(2);

        g_test_message("row %u", i);
        wl_peer_table_add(&world->peers, &router, NULL)->router = TRUE;
        for (guint j = 0; j < G_N_ELEMENTS(claims); j++)
            claim(world, claims[j].subject, claims[j].prefix);
        g_array_set_size(world->table.dirty, 0);
        for (guint j = 0; dirty[j]; j++) {
            WlPrefix prefix = harness_prefix(dirty[j]);
            const WlClaimedPrefix *claimed = wl_prefix_map_get(world->table.claimed, &prefix);
            wl_prefix_table_mark_dirty(&world->table, &prefix, claimed && claimed->wide);
        }
        wl_prefix_component_collect(&component, &world->table);
        g_assert_false(world->table.due);
        g_assert_cmpuint(world->table.dirty->len, ==, 0);
        g_assert_cmpuint(component.claimed->len, ==, component.prefixes->len);
        for (guint j = 0; j < component.prefixes->len; j++) {
            const WlPrefix *prefix = &g_array_index(component.prefixes, WlPrefix, j);
            g_autofree char *text = wl_prefix_to_string(prefix);

            g_assert_true(wl_prefix_map_get(world->table.claimed, prefix) ==
                          component.claimed->pdata[j]);
            g_string_append_printf(together, "%s%s", j > 0 ? " " : "", text);
        }
        g_assert_cmpstr(together->str, ==, rows[i].together);
    }
}

/* ---- endpoints */

/* An endpoint of a member, and whether a source with some trust may claim a prefix that covers it.
 */
typedef struct {
    const char *name;
    gboolean healthy, roaming; /* the device has another endpoint while it roams */
    WlTrust trust;             /* in the member */
    gboolean candidate;        /* the endpoint is a candidate, not the one of the device */
    gboolean literal;          /* of the profile */
    WlCandidateSource source;
    WlTrust protects; /* against sources with at most this trust; -2: none */
    guint hosts;      /* addresses that count for the member */
} Protection;

#define NONE ((WlTrust) -2)

/* clang-format off */
static const Protection protections[] = {
    {"where a member is that may introduce others", TRUE, FALSE, WL_TRUST_MEMBERSHIP, .protects = WL_TRUST_MEMBERSHIP, .hosts = 1},
    {"where a member is that is trusted with endpoints", TRUE, FALSE, WL_TRUST_ENDPOINT, .protects = WL_TRUST_ENDPOINT, .hosts = 1},
    {"where a member is that is not trusted", TRUE, FALSE, WL_TRUST_UNSET, .protects = WL_TRUST_UNSET, .hosts = 1},
    {"where a member was", FALSE, FALSE, WL_TRUST_MEMBERSHIP, .protects = NONE, .hosts = 0},
    {"where a roaming member was until then", TRUE, TRUE, WL_TRUST_ENDPOINT, .protects = WL_TRUST_ENDPOINT, .hosts = 1},
    {"an address of the profile", TRUE, FALSE, WL_TRUST_ENDPOINT, TRUE, TRUE, WL_CANDIDATE_SOURCE_PROFILE, WL_TRUST_DELEGATE, .hosts = 2},
    {"one of a member that is not there", FALSE, FALSE, WL_TRUST_UNSET, TRUE, TRUE, WL_CANDIDATE_SOURCE_PROFILE, WL_TRUST_DELEGATE, .hosts = 1},
    {"a name of a member that is not there", FALSE, FALSE, WL_TRUST_ENDPOINT, TRUE, FALSE, WL_CANDIDATE_SOURCE_PROFILE, WL_TRUST_ENDPOINT, .hosts = 1},
    {"a name of a member that is elsewhere", TRUE, FALSE, WL_TRUST_ENDPOINT, TRUE, FALSE, WL_CANDIDATE_SOURCE_PROFILE, NONE, .hosts = 1},
    {"what a router says", FALSE, FALSE, WL_TRUST_ENDPOINT, TRUE, FALSE, WL_CANDIDATE_SOURCE_ROUTER, NONE, .hosts = 0},
};
/* clang-format on */

static void
put(WlPeer *peer, const Protection *row)
{
    WlEndpoint host = harness_endpoint(HOST), other = harness_endpoint("203.0.113.1:1");
    WlCandidate candidate = {
        .endpoint = row->candidate ? host : other,
        .literal = row->literal,
        .source = row->candidate ? row->source : WL_CANDIDATE_SOURCE_ROUTER,
    };
    WlCandidate first = {.endpoint = other, .source = WL_CANDIDATE_SOURCE_SELF};

    peer->liveness.healthy = row->healthy;
    peer->membership.trust = row->trust;
    peer->device.endpoint = row->candidate || row->roaming ? other : host;
    peer->roaming.phase = row->roaming ? WL_ROAMING_TRY : WL_ROAMING_NONE;
    peer->roaming.original = row->roaming ? host : other;
    g_array_set_size(peer->endpoints.candidates, 0);
    g_array_append_val(peer->endpoints.candidates, first);
    g_array_append_val(peer->endpoints.candidates, candidate);
}

static void
assert_protects(const World *world, WlTrust protects)
{
    WlPrefix around = harness_prefix("192.0.2.0/24"), host = harness_prefix("192.0.2.9/32"),
             beside = harness_prefix("192.0.2.8/32");

    for (int trust = WL_TRUST_UNSET; trust <= WL_TRUST_DELEGATE; trust++) {
        g_assert_cmpint(wl_prefix_table_protects(&world->table, &around, (WlTrust) trust), ==,
                        trust <= (int) protects);
        g_assert_cmpint(wl_prefix_table_protects(&world->table, &host, (WlTrust) trust), ==,
                        trust <= (int) protects);
        g_assert_false(wl_prefix_table_protects(&world->table, &beside, (WlTrust) trust));
    }
}

static void
test_protection(gconstpointer data)
{
    const Protection *row = data;
    gboolean some = row->protects != NONE;
    g_autoptr(World) world = world_new();
    WlKey keys[] = {key_of(1), key_of(2)};
    WlPeer *peers[2];

    claim(world, 9, "192.0.2.0/24");
    g_array_set_size(world->table.dirty, 0);
    world->table.due = FALSE;
    for (guint i = 0; i < 2; i++)
        peers[i] = wl_peer_table_add(&world->peers, &keys[i], NULL);
    /* the weight of the endpoint changes once, with the first member that is there */
    for (guint i = 0; i < 2; i++) {
        put(peers[i], row);
        wl_prefix_table_update_hosts(&world->table, peers[i]);
        assert_dirty(&world->table, some && i == 0 ? "192.0.2.0/24!" : "");
        assert_protects(world, row->protects);
        wl_prefix_table_update_hosts(&world->table, peers[i]);
        assert_dirty(&world->table, "");
        g_assert_cmpuint(peers[i]->prefixes.hosts->len, ==, row->hosts);
    }
    /* and with the last one that leaves */
    for (guint i = 0; i < 2; i++) {
        if (i == 0)
            wl_prefix_table_drop_hosts(&world->table, peers[i]);
        else
            peers[i]->liveness.healthy = FALSE;
        g_array_set_size(peers[i]->endpoints.candidates, 0);
        wl_prefix_table_update_hosts(&world->table, peers[i]);
        if (i == 0) {
            peers[i]->liveness.healthy = FALSE;
            wl_prefix_table_update_hosts(&world->table, peers[i]);
        }
        assert_dirty(&world->table, some && i == 1 ? "192.0.2.0/24!" : "");
        assert_protects(world, i == 0 ? row->protects : NONE);
        g_assert_cmpuint(peers[i]->prefixes.hosts->len, ==, 0);
    }
}

/* A member that moves to the next address and back takes its protection along. */
static void
test_moved(void)
{
    static const char *const places[] = {"192.0.2.8:1", "192.0.2.9:1", "192.0.2.8:1", "192.0.2.8:2",
                                         "192.0.3.8:2"};
    g_autoptr(World) world = world_new();
    WlKey key = key_of(1);
    WlPeer *peer = wl_peer_table_add(&world->peers, &key, NULL);

    peer->liveness.healthy = TRUE;
    peer->membership.trust = WL_TRUST_ENDPOINT;
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        peer->device.endpoint = harness_endpoint(places[i]);
        wl_prefix_table_update_hosts(&world->table, peer);
        for (guint j = 0; j < G_N_ELEMENTS(places); j++) {
            WlEndpoint here = harness_endpoint(places[i]), there = harness_endpoint(places[j]);
            WlPrefix host = wl_prefix_from_ip(&there.ip);

            g_assert_cmpint(wl_prefix_table_protects(&world->table, &host, WL_TRUST_ENDPOINT), ==,
                            wl_ip_equal(&here.ip, &there.ip));
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefix-table/claims", test_claims);
    g_test_add_func("/prefix-table/of a transit peer", test_wide);
    g_test_add_func("/prefix-table/transit peers", test_transit);
    g_test_add_func("/prefix-table/what a change concerns", test_changed);
    g_test_add_func("/prefix-table/evaluated together", test_component);
    g_test_add_func("/prefix-table/delay", test_due);
    g_test_add_func("/prefix-table/protects/a member that moves", test_moved);
    for (gsize i = 0; i < G_N_ELEMENTS(protections); i++) {
        g_autofree char *name = g_strdup_printf("/prefix-table/protects/%s", protections[i].name);
        g_test_add_data_func(name, &protections[i], test_protection);
    }
    return g_test_run();
}
