/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-prefix-arbiter.h"

typedef struct {
    GPtrArray *owners;     /* accepted claims, by prefix: those inside a prefix follow it */
    guint lengths[2][129]; /* how many owners have each length, by family */
} Owners;

static guint
search(const Owners *self, const WlPrefix *prefix)
{
    guint low = 0, high = self->owners->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const WlPrefixClaim *owner = self->owners->pdata[middle];
        if (wl_prefix_compare(&owner->prefix, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const WlPrefixClaim *
find(const Owners *self, const WlPrefix *prefix)
{
    guint index = search(self, prefix);
    const WlPrefixClaim *owner = index < self->owners->len ? self->owners->pdata[index] : NULL;

    return owner && wl_prefix_equal(&owner->prefix, prefix) ? owner : NULL;
}

static gboolean
is_same_member(const WlPrefixClaim *a, const WlPrefixClaim *b)
{
    return wl_key_equal(a->subject, b->subject);
}

static void
insert(Owners *self, guint index, WlPrefixClaim *claim)
{
    g_ptr_array_insert(self->owners, (int) index, claim);
    self->lengths[claim->prefix.ip.family == WL_FAMILY_V6][claim->prefix.length]++;
}

/* Accepts @claim unless another member owns an overlapping prefix. */
static WlVerdict
add(Owners *self, WlPrefixClaim *claim)
{
    const WlPrefix *prefix = &claim->prefix;
    const guint *lengths = self->lengths[prefix->ip.family == WL_FAMILY_V6];
    guint index = search(self, prefix);

    for (guint length = 0; length <= prefix->length; length++) {
        WlPrefix outer = {.ip = prefix->ip, .length = (guint8) length};
        const WlPrefixClaim *owner;

        if (lengths[length] == 0)
            continue;
        outer = wl_prefix_masked(&outer);
        owner = find(self, &outer);
        if (!owner)
            continue;
        if (length == prefix->length)
            return is_same_member(owner, claim) ? WL_VERDICT_ACCEPTED : WL_VERDICT_TAKEN;
        if (!is_same_member(owner, claim) && !owner->transit)
            return WL_VERDICT_TAKEN;
    }
    for (guint i = index; i < self->owners->len && !claim->transit; i++) {
        const WlPrefixClaim *owner = self->owners->pdata[i];
        if (!wl_prefix_contains(prefix, &owner->prefix))
            break;
        if (!is_same_member(owner, claim))
            return WL_VERDICT_TAKEN;
    }
    insert(self, index, claim);
    return WL_VERDICT_ACCEPTED;
}

int
wl_prefix_arbiter_compare(const WlPrefixClaim *a, const WlPrefixClaim *b)
{
    if (a->stale != b->stale)
        return a->stale ? 1 : -1;
    if (a->vouched != b->vouched)
        return a->vouched ? -1 : 1;
    if (a->vouched && a->dead != b->dead)
        return a->dead ? 1 : -1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

void
wl_prefix_arbiter_decide(GArray *claims)
{
    g_autoptr(GPtrArray) owners = g_ptr_array_new();
    Owners self = {.owners = owners};

    g_array_sort(claims, (GCompareFunc) wl_prefix_arbiter_compare);
    for (guint i = 0; i < claims->len; i++) {
        WlPrefixClaim *claim = &g_array_index(claims, WlPrefixClaim, i);
        claim->verdict = add(&self, claim);
    }
}
