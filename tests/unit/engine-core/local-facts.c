/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which facts this member originates about itself and about others, one row each. */
#include "facts/wl-local-facts.h"

#include <stdlib.h>
#include <string.h>

#include "facts/wl-members.h"
#include "harness.h"
#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-marks.h"

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The local facts about @key, in any order. */
static void
assert_local(Harness *harness, const WlKey *key, const char *expected)
{
    const GPtrArray *about = wl_fact_set_about(harness->engine->facts, key);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(expected, ", ", 0);
    g_autofree char *text = NULL, *sorted = NULL;

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];

        if (entry->local)
            g_ptr_array_add(found, wl_fact_describe(&entry->fact));
    }
    g_ptr_array_sort(found, compare_texts);
    g_ptr_array_add(found, NULL);
    qsort(parts, g_strv_length(parts), sizeof(*parts), compare_texts);
    text = g_strjoinv(", ", (char **) found->pdata);
    sorted = g_strjoinv(", ", parts);
    g_assert_cmpstr(text, ==, sorted);
}

static void
add_prefix(GArray *list, const char *text)
{
    WlPrefix prefix = harness_prefix(text);

    g_array_append_val(list, prefix);
}

/* ---- this member */

static const struct {
    const char *name;
    WlRole role;
    const char *called;    /* in the profile */
    const char *allowed;   /* of its own entry; NULL: it has none, "": an entry without */
    const char *addresses; /* of the machine; those after | are not announced */
    const char *facts;
} owns[] = {
    {"a leaf", WL_ROLE_LEAF, NULL, NULL, "192.168.1.10/24", "endpoint 192.168.1.10:51820"},
    {"a leaf without addresses", WL_ROLE_LEAF, NULL, NULL, "", ""},
    {"two addresses of which one is announced", WL_ROLE_LEAF, NULL, NULL,
     "192.168.1.10/24 | 192.168.2.10/24", "endpoint 192.168.1.10:51820"},
    {"two announced addresses", WL_ROLE_LEAF, NULL, NULL, "192.168.1.10/24 2001:db8::1/64",
     "endpoint 192.168.1.10:51820, endpoint [2001:db8::1]:51820"},
    {"an address that is not global", WL_ROLE_LEAF, NULL, NULL, "169.254.1.1/16 fe80::1/64", ""},
    {"a leaf with a name", WL_ROLE_LEAF, "laptop", NULL, "", "member laptop"},
    {"a leaf with an empty name", WL_ROLE_LEAF, "", NULL, "", ""},
    {"a router", WL_ROLE_ROUTER, NULL, NULL, "", "allowed IPs 10.77.0.0/24, allowed IPs fd77::/64"},
    {"a router with an entry", WL_ROLE_ROUTER, "laptop", "172.30.1.9/24", "",
     "member own, allowed IPs 172.30.1.0/24"},
    {"a router with an empty entry", WL_ROLE_ROUTER, NULL, "", "",
     "allowed IPs 10.77.0.0/24, allowed IPs fd77::/64, member own"},
    {"a leaf with an entry", WL_ROLE_LEAF, NULL, "172.30.1.9/24 0.0.0.0/0 fe80::1/64 64.0.0.0/1",
     "", "member own, allowed IPs 172.30.1.0/24, allowed IPs 0.0.0.0/1"},
};

static void
test_own(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, owns[row].role);
    g_auto(GStrv) addresses = g_strsplit(owns[row].addresses, " ", 0);
    g_autoptr(GArray) local = g_array_new(FALSE, FALSE, sizeof(WlLocalAddress));
    gboolean announce = TRUE;

    add_prefix(config->addresses, "fd77::2/64");
    add_prefix(config->addresses, "fe80::2/64");
    config->name = g_strdup(owns[row].called);
    if (owns[row].allowed) {
        WlPeerConfig *own = harness_add(config, harness_member(harness, 0), NULL, NULL);
        g_auto(GStrv) parts = g_strsplit(owns[row].allowed, " ", 0);

        own->name = g_strdup("own");
        for (guint i = 0; parts[i]; i++)
            add_prefix(own->allowed_ips, parts[i]);
    }
    harness_start(harness, config);
    for (guint i = 0; addresses[i]; i++) {
        WlLocalAddress address = {.ifname = "eth0", .ifindex = i + 1, .uplink = TRUE};

        announce &= addresses[i][0] != '|';
        address.announce = announce;
        if (addresses[i][0] == '|')
            continue;
        address.address = harness_prefix(addresses[i]);
        g_array_append_val(local, address);
    }
    wl_policy_set_local(&harness->engine->policy, (const WlLocalAddress *) local->data, local->len);
    wl_local_facts_drop(harness->engine, &harness->engine->own.key);
    assert_local(harness, &harness->engine->own.key, "");
    harness->engine->subscribers.pending = FALSE;
    harness->engine->own.facts_due = FALSE;
    wl_local_facts_update_own(harness->engine);
    assert_local(harness, &harness->engine->own.key, "");
    g_assert_false(harness->engine->subscribers.pending);
    harness->engine->own.facts_due = TRUE;
    wl_local_facts_update_own(harness->engine);
    assert_local(harness, &harness->engine->own.key, owns[row].facts);
    g_assert_false(harness->engine->own.facts_due);
    g_assert_cmpint(harness->engine->subscribers.pending, ==, owns[row].facts[0] != '\0');
}

static void
test_mapped(void)
{
    static const struct {
        const char *sentence, *mapped, *facts;
    } cases[] = {
        {"a port of the gateway is announced", "203.0.113.4:4711",
         "endpoint 192.168.1.10:51820, endpoint 203.0.113.4:4711"},
        {"two gateways", "203.0.113.4:4711 [2001:db8::9]:51820",
         "endpoint 192.168.1.10:51820, endpoint 203.0.113.4:4711, endpoint [2001:db8::9]:51820"},
        {"a gateway behind another NAT", "100.64.1.2:4711", "endpoint 192.168.1.10:51820"},
        {"no host can have this address", "240.0.0.1:4711", "endpoint 192.168.1.10:51820"},
        {"no gateway", "", "endpoint 192.168.1.10:51820"},
    };
    g_autoptr(Harness) harness = harness_new();

    harness_start(harness, harness_config(harness, WL_ROLE_LEAF));
    harness_uplink(harness, "192.168.1.10/24");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) texts = g_strsplit(cases[i].mapped, " ", 0);
        guint n = g_strv_length(texts);
        WlEndpoint mapped[2];

        g_test_message("%s", cases[i].sentence);
        for (guint j = 0; j < n; j++)
            mapped[j] = harness_endpoint(texts[j]);
        wl_engine_set_mapped_endpoints(harness->engine, harness->now, mapped, n);
        assert_local(harness, &harness->engine->own.key, cases[i].facts);
        for (guint j = 0; j < n; j++)
            g_assert_cmpint(wl_endpoint_policy_check(&harness->engine->policy, &mapped[j]), ==,
                            i == 3 ? WL_VERDICT_BAD_ADDRESS : WL_VERDICT_OWN_ENDPOINT);
    }
}

/* ---- others */

#define CONFIGURED 2 /* "two", at 198.51.100.2:1 and a name, with 10.77.0.3/32 */
#define LEARNED    7

#define TWO "member two, allowed IPs 10.77.0.3/32"

/* clang-format off */
static const struct {
    const char *name;
    guint peer;
    gboolean named; /* a live fact names the learned peer */
    gboolean healthy, alive, roaming;
    const char *at;   /* the endpoint of the device, or from which it roams */
    const char *device; /* its allowed IPs there */
    gboolean router;  /* this member is */
    WlTrust trust;    /* of this member, in the profile */
    const char *facts;
    guint life; /* s, of the facts that give it its prefixes and name it; 0: 255 */
    gboolean restored; /* they are from the state file */
    gboolean own_prefix; /* the profile gives it the prefixes of the device */
} others[] = {
    {"one of the profile that is away", CONFIGURED, .facts = TWO ", endpoint 198.51.100.2:1, endpoint 203.0.113.9:1"},
    {"one of the profile that is alive", CONFIGURED, .alive = TRUE, .facts = TWO},
    {"one of the profile with a session", CONFIGURED, .healthy = TRUE, .at = "198.51.100.7:1", .facts = "endpoint 198.51.100.7:1, " TWO},
    {"one of the profile while it roams", CONFIGURED, .healthy = TRUE, .roaming = TRUE, .at = "198.51.100.7:1", .facts = "endpoint 198.51.100.7:1, " TWO},
    {"an endpoint inside the tunnel", CONFIGURED, .healthy = TRUE, .at = "10.77.0.9:1", .facts = TWO},
    {"an endpoint that nobody reaches", CONFIGURED, .healthy = TRUE, .at = "169.254.1.1:1", .facts = TWO},
    {"a leaf does not say who has what", CONFIGURED, .alive = TRUE, .device = "10.77.0.3/32 10.77.0.8/32", .trust = WL_TRUST_ENDPOINT, .facts = TWO},
    {"a router does", CONFIGURED, .alive = TRUE, .device = "10.77.0.8/32 10.77.0.9/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "allowed IPs 10.77.0.8/32, allowed IPs 10.77.0.9/32, " TWO},
    {"one that is trusted with it does", CONFIGURED, .alive = TRUE, .device = "10.77.0.8/32", .trust = WL_TRUST_ALLOWED_IPS, .facts = "allowed IPs 10.77.0.8/32, " TWO},
    {"a learned one at a leaf", LEARNED, .named = TRUE, .healthy = TRUE, .at = "198.51.100.7:1", .device = "10.77.0.8/32", .trust = WL_TRUST_UNSET, .facts = "endpoint 198.51.100.7:1"},
    {"a learned one at a router", LEARNED, .named = TRUE, .healthy = TRUE, .at = "198.51.100.7:1", .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "endpoint 198.51.100.7:1, allowed IPs 10.77.0.8/32, member"},
    {"one that no fact names any more", LEARNED, .healthy = TRUE, .at = "198.51.100.7:1", .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "endpoint 198.51.100.7:1"},
    {"a learned one, trusted with allowed IPs", LEARNED, .named = TRUE, .device = "10.77.0.8/32", .trust = WL_TRUST_ALLOWED_IPS, .facts = "allowed IPs 10.77.0.8/32"},
    {"a learned one, trusted with members", LEARNED, .named = TRUE, .device = "10.77.0.8/32", .trust = WL_TRUST_MEMBERSHIP, .facts = "allowed IPs 10.77.0.8/32, member"},
    {"a learned one that is given for two minutes", LEARNED, .named = TRUE, .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "", .life = 132},
    {"and for longer than until a renewal", LEARNED, .named = TRUE, .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "allowed IPs 10.77.0.8/32, member", .life = 133},
    {"a prefix that is given for seconds", CONFIGURED, .alive = TRUE, .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = TWO, .life = 10},
    {"one of the state file", CONFIGURED, .alive = TRUE, .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "allowed IPs 10.77.0.8/32, " TWO, .restored = TRUE},
    {"one of the profile", CONFIGURED, .alive = TRUE, .device = "10.77.0.8/32", .router = TRUE, .trust = WL_TRUST_UNSET, .facts = "allowed IPs 10.77.0.8/32, " TWO, .life = 10, .own_prefix = TRUE},
};
/* clang-format on */

/* The hub says @fact for @life seconds, 0: 255. */
static void
accept(Harness *harness, const WlFact *fact, guint life, gboolean restored)
{
    WlEngine *engine = harness->engine;
    const WlKey *hub = &harness_member(harness, 1)->key;
    WlFactSource *origin;
    WlFactEntry *entry;

    if (restored)
        wl_fact_set_restore_source(engine->facts, fact, hub, engine->now, &entry, &origin);
    else
        wl_fact_set_add_source(engine->facts, fact, hub, engine->now,
                               engine->now + SEC(life ? life : 255), &entry, &origin);
    wl_fact_set_set_verdict(engine->facts, origin, WL_VERDICT_ACCEPTED);
}

static void
accept_prefix(Harness *harness, const WlKey *key, const char *text, guint life, gboolean restored)
{
    WlPrefix prefix = harness_prefix(text);
    WlFact fact;

    wl_fact_init_allowed(&fact, key, &prefix, 0);
    accept(harness, &fact, life, restored);
}

static void
name_learned(Harness *harness, guint life)
{
    g_autoptr(WlMetadata) metadata = wl_metadata_new("seven", -1);
    WlFact fact;

    wl_fact_init_metadata(&fact, &harness_member(harness, LEARNED)->key, metadata, 0);
    accept(harness, &fact, life, FALSE);
    wl_fact_clear(&fact);
}

static void
test_other(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    const WlKey *key = &harness_member(harness, others[row].peer)->key;
    WlEndpoint resolved = harness_endpoint("203.0.113.9:1"), at = {0};
    g_auto(GStrv) device = g_strsplit(others[row].device ? others[row].device : "", " ", 0);
    WlPeerConfig *two;
    WlEndpointDns *dns;
    WlEngine *engine;
    guint64 work;
    WlPeer *peer;

    harness_add(config, harness_member(harness, 1), NULL, NULL)->trust = WL_TRUST_MEMBERSHIP;
    two =
        harness_add(config, harness_member(harness, CONFIGURED), "198.51.100.2:1", "10.77.0.3/32");
    two->name = g_strdup("two");
    g_ptr_array_add(two->endpoints, g_strdup("name.example:1"));
    harness_start(harness, config);
    engine = harness->engine;
    if (others[row].named)
        name_learned(harness, others[row].life);
    peer = others[row].peer == LEARNED ? wl_members_add(engine, key, NULL)
                                       : wl_peer_table_find(&engine->peers, key);
    if (others[row].peer == CONFIGURED) {
        dns = peer->endpoints.dns_names->pdata[0];
        g_array_append_val(dns->addresses, resolved);
    }
    if (others[row].at)
        at = harness_endpoint(others[row].at);
    peer->liveness.healthy = others[row].healthy;
    peer->liveness.alive = others[row].alive;
    peer->device.endpoint = others[row].roaming ? resolved : at;
    peer->roaming.original = others[row].roaming ? at : resolved;
    peer->roaming.phase = others[row].roaming ? WL_ROAMING_TRY : WL_ROAMING_CHECK;
    g_array_set_size(peer->device.allowed, 0);
    for (guint i = 0; device[i]; i++) {
        add_prefix(peer->device.allowed, device[i]);
        accept_prefix(harness, key, device[i], others[row].life, others[row].restored);
        if (others[row].own_prefix)
            add_prefix(peer->prefixes.static_ips, device[i]);
    }
    engine->own.router = others[row].router;
    engine->own.trust = others[row].trust;
    wl_local_facts_drop(engine, key);
    peer->dirty.local_facts = peer->dirty.candidates = FALSE;
    wl_local_facts_update_peer(engine, peer);
    assert_local(harness, key, "");
    peer->dirty.local_facts = TRUE;
    work = engine->scheduler.work;
    wl_local_facts_update_peer(engine, peer);
    assert_local(harness, key, others[row].facts);
    g_assert_cmpuint(engine->scheduler.work, ==, work + 1);
    g_assert_cmpint(peer->dirty.candidates, ==, others[row].facts[0] != '\0');
    /* once is enough */
    peer->dirty.candidates = FALSE;
    engine->subscribers.pending = FALSE;
    wl_local_facts_update_peer(engine, peer);
    g_assert_cmpuint(engine->scheduler.work, ==, work + 1);
    peer->dirty.local_facts = TRUE;
    wl_local_facts_update_peer(engine, peer);
    g_assert_false(peer->dirty.candidates);
    g_assert_false(engine->subscribers.pending);
}

/* A router does not say of a fellow what leaves have that it holds, only what the profile gives it
 * or what it was learned to have. */
static void
test_fellow(void)
{
    for (guint fellows = 0; fellows < 2; fellows++) {
        g_autoptr(Harness) harness = harness_new();
        WlEngineConfig *config = harness_config(harness, WL_ROLE_ROUTER);
        const WlKey *key = &harness_member(harness, 1)->key;
        WlPrefix learned = harness_prefix("172.30.0.0/16");
        WlEngine *engine;
        WlPeer *peer;

        harness_add(config, harness_member(harness, 1), NULL, "10.77.0.0/24");
        harness_start(harness, config);
        engine = harness->engine;
        peer = wl_peer_table_find(&engine->peers, key);
        engine->own.router = TRUE;
        engine->routers.fellows = fellows;
        g_ptr_array_set_size(engine->routers.members, 0);
        g_ptr_array_add(engine->routers.members, peer);
        g_array_set_size(peer->device.allowed, 0);
        g_array_set_size(peer->prefixes.static_ips, 0);
        add_prefix(peer->prefixes.static_ips, "10.77.0.0/24");
        g_array_set_size(peer->prefixes.learned_ips, 0);
        g_array_append_val(peer->prefixes.learned_ips, learned);
        add_prefix(peer->device.allowed, "10.77.0.0/24");
        add_prefix(peer->device.allowed, "10.77.0.9/32");
        add_prefix(peer->device.allowed, "172.30.0.0/16");
        accept_prefix(harness, key, "10.77.0.9/32", 0, FALSE);
        accept_prefix(harness, key, "172.30.0.0/16", 0, FALSE);
        wl_local_facts_drop(engine, key);
        peer->dirty.local_facts = TRUE;
        wl_local_facts_update_peer(engine, peer);
        assert_local(harness, key,
                     fellows ? "allowed IPs 10.77.0.0/24, allowed IPs 172.30.0.0/16, member"
                             : "allowed IPs 10.77.0.0/24, allowed IPs 10.77.0.9/32, "
                               "allowed IPs 172.30.0.0/16, member");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(owns); i++) {
        g_autofree char *name = g_strdup_printf("/local-facts/own/%s", owns[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_own);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *name = g_strdup_printf("/local-facts/of others/%s", others[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_other);
    }
    g_test_add_func("/local-facts/own/mapped ports", test_mapped);
    g_test_add_func("/local-facts/of others/a fellow", test_fellow);
    return g_test_run();
}
