/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nf_tables rules of a gateway. Stateless.
 */
#include "wl-gateway-rules.h"

#include "wl-nft-ranges.h"

#define FORWARD    "forward"
#define SOURCE_NAT "leaving"

/* Prefixes of one set, and ranges of each family in it. */
#define MAX_RANGES 256

/* Where no exit leads: networks around it, and link-local addresses, at which clouds serve
 * credentials. Multicast is not forwarded anyway. */
static const char *const private_prefixes[] = {
    "10.0.0.0/8",     "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
    "169.254.0.0/16", "fc00::/7",      "fe80::/10",
};

static const WlFamily families[] = {WL_FAMILY_V4, WL_FAMILY_V6};

typedef enum { MEMBERS, NETWORKS, PRIVATE, N_SETS } Set;

static const char *const set_names[N_SETS][2] = {
    {"members4", "members6"},
    {"networks4", "networks6"},
    {"private4", "private6"},
};

typedef struct {
    const WlGatewayRules *rules;
    WlNftBatch *batch;
    const char *table;
    gboolean has[N_SETS][2]; /* the set is not empty */
} Writer;

/* ---- sets ------------------------------------------------------------------------------------ */

static void
add_set(Writer *self, Set set, guint v6, const GArray *prefixes)
{
    const char *name = set_names[set][v6];
    g_autoptr(GArray) ranges = wl_nft_ranges_new(prefixes, families[v6], MAX_RANGES, NULL);

    wl_nft_add_set(self->batch, self->table, name, families[v6], 1 + set * 2 + v6);
    wl_nft_flush_set(self->batch, self->table, name);
    wl_nft_add_ranges(self->batch, self->table, name, (const WlNftRange *) (gpointer) ranges->data,
                      ranges->len);
    self->has[set][v6] = ranges->len > 0;
}

static GArray *
dup_private(void)
{
    GArray *prefixes = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    for (guint i = 0; i < G_N_ELEMENTS(private_prefixes); i++) {
        WlPrefix prefix;

        wl_prefix_parse(private_prefixes[i], &prefix);
        g_array_append_val(prefixes, prefix);
    }
    return prefixes;
}

static void
add_sets(Writer *self)
{
    g_autoptr(GArray) private = dup_private();

    for (guint v6 = 0; v6 < G_N_ELEMENTS(families); v6++) {
        add_set(self, MEMBERS, v6, self->rules->members);
        add_set(self, NETWORKS, v6, self->rules->networks);
        add_set(self, PRIVATE, v6, private);
    }
}

/* ---- forwarding ------------------------------------------------------------------------------ */

static void
begin(Writer *self, const char *chain)
{
    wl_nft_begin_rule(self->batch, self->table, chain);
}

/* What arrives on an interface that did not forward before still is not forwarded, but for
 * replies. @ifindex 0: any but the link. */
static void
add_opened(Writer *self, WlFamily family, int ifindex)
{
    for (guint replies = 1; replies < 2; replies--) {
        begin(self, FORWARD);
        wl_nft_match_family(self->batch, family);
        if (ifindex > 0)
            wl_nft_match_input(self->batch, ifindex, FALSE);
        else
            wl_nft_match_input(self->batch, self->rules->ifindex, TRUE);
        if (replies == 1) {
            wl_nft_match_replies(self->batch);
            wl_nft_accept(self->batch);
        } else {
            wl_nft_drop(self->batch);
        }
    }
}

/* Also whether the source is one of the members', which others may not use. */
static void
begin_from_members(Writer *self, const char *chain, guint v6)
{
    begin(self, chain);
    wl_nft_match_source_set(self->batch, families[v6], set_names[MEMBERS][v6]);
}

static gboolean
is_uplink(const WlGatewayLink *link, guint v6)
{
    return v6 ? link->uplink6 : link->uplink4;
}

/* Packets that arrived on the link: the rules before leave no others. */
static void
add_from_link(Writer *self, guint v6)
{
    const GArray *links = self->rules->links;

    if (!self->has[MEMBERS][v6])
        return;
    if (self->has[NETWORKS][v6]) {
        begin_from_members(self, FORWARD, v6);
        wl_nft_match_destination(self->batch, families[v6], set_names[NETWORKS][v6]);
        wl_nft_accept(self->batch);
    }
    if (!self->rules->exit || self->rules->open)
        return;
    begin(self, FORWARD);
    wl_nft_match_destination(self->batch, families[v6], set_names[PRIVATE][v6]);
    wl_nft_drop(self->batch);
    for (guint i = 0; i < links->len; i++) {
        const WlGatewayLink *link = &g_array_index(links, WlGatewayLink, i);

        if (!is_uplink(link, v6))
            continue;
        begin_from_members(self, FORWARD, v6);
        wl_nft_match_output(self->batch, link->ifindex, FALSE);
        wl_nft_accept(self->batch);
    }
}

static void
add_forwarding(Writer *self)
{
    const WlGatewayRules *rules = self->rules;

    for (guint i = 0; i < rules->opened4->len; i++)
        add_opened(self, WL_FAMILY_V4, g_array_index(rules->opened4, int, i));
    for (guint i = 0; i < rules->opened6->len; i++)
        add_opened(self, WL_FAMILY_V6, g_array_index(rules->opened6, int, i));
    begin(self, FORWARD);
    wl_nft_match_input(self->batch, rules->ifindex, TRUE);
    wl_nft_accept(self->batch);
    begin(self, FORWARD);
    wl_nft_match_output(self->batch, rules->ifindex, FALSE);
    wl_nft_accept(self->batch);
    for (guint v6 = 0; v6 < G_N_ELEMENTS(families); v6++)
        add_from_link(self, v6);
    if (rules->open)
        return;
    begin(self, FORWARD);
    wl_nft_drop(self->batch);
}

/* ---- masquerading ---------------------------------------------------------------------------- */

static void
add_source_nat(Writer *self, guint v6)
{
    const GArray *links = self->rules->links;

    if (!self->has[MEMBERS][v6])
        return;
    if (self->has[NETWORKS][v6]) {
        begin_from_members(self, SOURCE_NAT, v6);
        wl_nft_match_output(self->batch, self->rules->ifindex, TRUE);
        wl_nft_match_destination(self->batch, families[v6], set_names[NETWORKS][v6]);
        wl_nft_masquerade(self->batch);
    }
    for (guint i = 0; self->rules->exit && i < links->len; i++) {
        const WlGatewayLink *link = &g_array_index(links, WlGatewayLink, i);

        if (!is_uplink(link, v6))
            continue;
        begin_from_members(self, SOURCE_NAT, v6);
        wl_nft_match_output(self->batch, link->ifindex, FALSE);
        wl_nft_masquerade(self->batch);
    }
}

void
wl_gateway_rules_add(const WlGatewayRules *self, WlNftBatch *batch, const char *table)
{
    Writer writer = {.rules = self, .batch = batch, .table = table};

    wl_nft_add_forward_chain(batch, table, FORWARD);
    wl_nft_add_source_nat_chain(batch, table, SOURCE_NAT);
    wl_nft_flush_chain(batch, table, FORWARD);
    wl_nft_flush_chain(batch, table, SOURCE_NAT);
    add_sets(&writer);
    add_forwarding(&writer);
    for (guint v6 = 0; v6 < G_N_ELEMENTS(families); v6++)
        add_source_nat(&writer, v6);
}
