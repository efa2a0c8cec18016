/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-prefix-arbiter.h"

typedef struct {
    WlPrefix prefix;
    WlKey subject;
    gboolean transit;
} Owner;

struct _WlPrefixArbiter {
    GPtrArray *owners;     /* of Owner, owned, sorted by prefix: those inside a prefix follow it */
    guint lengths[2][129]; /* how many owners have each length, by family */
};

WlPrefixArbiter *
wl_prefix_arbiter_new(void)
{
    WlPrefixArbiter *self = g_new0(WlPrefixArbiter, 1);

    self->owners = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
wl_prefix_arbiter_free(WlPrefixArbiter *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->owners);
    g_free(self);
}

static guint
search(const WlPrefixArbiter *self, const WlPrefix *prefix)
{
    guint low = 0, high = self->owners->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const Owner *owner = self->owners->pdata[middle];
        if (wl_prefix_compare(&owner->prefix, prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const Owner *
find(const WlPrefixArbiter *self, const WlPrefix *prefix)
{
    guint index = search(self, prefix);
    const Owner *owner = index < self->owners->len ? self->owners->pdata[index] : NULL;

    return owner && wl_prefix_equal(&owner->prefix, prefix) ? owner : NULL;
}

WlVerdict
wl_prefix_arbiter_add(WlPrefixArbiter *self, const WlPrefix *prefix, const WlKey *subject,
                      gboolean transit)
{
    guint *lengths = self->lengths[prefix->ip.family == WL_FAMILY_V6];
    guint index = search(self, prefix);
    Owner *fresh;

    for (guint length = 0; length <= prefix->length; length++) {
        WlPrefix outer = {.ip = prefix->ip, .length = (guint8) length};
        const Owner *owner;

        if (lengths[length] == 0)
            continue;
        outer = wl_prefix_masked(&outer);
        owner = find(self, &outer);
        if (!owner)
            continue;
        if (length == prefix->length) {
            return wl_key_equal(&owner->subject, subject) ? WL_VERDICT_ACCEPTED : WL_VERDICT_TAKEN;
        }
        if (!wl_key_equal(&owner->subject, subject) && !owner->transit)
            return WL_VERDICT_TAKEN;
    }
    for (guint i = index; i < self->owners->len && !transit; i++) {
        const Owner *owner = self->owners->pdata[i];
        if (!wl_prefix_contains(prefix, &owner->prefix))
            break;
        if (!wl_key_equal(&owner->subject, subject))
            return WL_VERDICT_TAKEN;
    }
    fresh = g_new0(Owner, 1);
    fresh->prefix = *prefix;
    fresh->subject = *subject;
    fresh->transit = transit;
    g_ptr_array_insert(self->owners, (int) index, fresh);
    lengths[prefix->length]++;
    return WL_VERDICT_ACCEPTED;
}
