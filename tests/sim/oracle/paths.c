/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether two hosts can be direct, from the topology alone.
 */
#include "oracle/oracle-private.h"

#define MAX_DEPTH 4

/* The boxes between a host and the outermost network. */
typedef struct {
    const SimNet *nets[MAX_DEPTH + 1]; /* the host's own first */
    guint depth;                       /* boxes */
    gboolean open;                     /* none */
    SimNatKind kind;                   /* the strictest */
} Chain;

static gboolean
follow(const SimPort *port, WlFamily family, Chain *chain)
{
    const SimNet *net = port->net;

    *chain = (Chain){.open = TRUE};
    if (!net || !port->up || !sim_port_get_address(port, family))
        return FALSE;
    chain->nets[0] = net;
    while (net->gateway) {
        const SimNat *nat = net->gateway->nat;

        if (!nat->outside.net || chain->depth == MAX_DEPTH ||
            !sim_port_get_address(&nat->inside, family))
            return FALSE;
        chain->kind = chain->open ? nat->kind : MAX(chain->kind, nat->kind);
        chain->open = FALSE;
        net = nat->outside.net;
        chain->nets[++chain->depth] = net;
    }
    return TRUE;
}

/* Below the common network: NATs that need hairpinning. */
static gboolean
share_a_box(const Chain *a, const Chain *b)
{
    for (guint i = 0; i < a->depth; i++) {
        for (guint j = 0; j < b->depth; j++) {
            if (a->nets[i] == b->nets[j])
                return TRUE;
        }
    }
    return FALSE;
}

static PathChance
way_over_v4(const Chain *a, const Chain *b)
{
    SimNatKind mild = MIN(a->kind, b->kind), strict = MAX(a->kind, b->kind);

    if (a->nets[0] == b->nets[0])
        return PATH_POSSIBLE;
    if (share_a_box(a, b) || a->nets[a->depth] != b->nets[b->depth])
        return PATH_UNCERTAIN;
    if (a->open || b->open || mild == SIM_NAT_FULL_CONE)
        return PATH_POSSIBLE;
    if (strict < SIM_NAT_SYMMETRIC)
        return PATH_POSSIBLE;
    return mild == SIM_NAT_ADDRESS_RESTRICTED ? PATH_UNCERTAIN : PATH_IMPOSSIBLE;
}

static PathChance
way_over_v6(const Chain *a, const Chain *b)
{
    return a->nets[a->depth] == b->nets[b->depth] ? PATH_POSSIBLE : PATH_UNCERTAIN;
}

PathChance
check_path(const SimHost *a, const SimHost *b)
{
    PathChance best = PATH_IMPOSSIBLE;

    for (guint i = 0; i < a->ports->len; i++) {
        for (guint j = 0; j < b->ports->len; j++) {
            Chain from, to;

            if (follow(a->ports->pdata[i], WL_FAMILY_V4, &from) &&
                follow(b->ports->pdata[j], WL_FAMILY_V4, &to))
                best = MAX(best, way_over_v4(&from, &to));
            if (follow(a->ports->pdata[i], WL_FAMILY_V6, &from) &&
                follow(b->ports->pdata[j], WL_FAMILY_V6, &to))
                best = MAX(best, way_over_v6(&from, &to));
        }
    }
    return best;
}
