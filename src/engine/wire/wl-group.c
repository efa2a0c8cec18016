/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grouping (docs/protocol.md 1.6): one group is open at a time; earlier groups are not filled up,
 * and a fact larger than the limit gets its own group. WlSigner adds nonce and tag.
 */
#include "wl-group.h"

#include "wl-fact-codec.h"
#include "wl-ttl.h"

/* Attribute, TTL and subject. */
#define MIN_FACT_SIZE (1 + 1 + WL_KEY_SIZE)

struct _WlGroup {
    GPtrArray *groups;   /* of GByteArray, none of them empty */
    GByteArray *scratch; /* the fact that is being added */
};

WlGroup *
wl_group_new(void)
{
    WlGroup *self = g_new0(WlGroup, 1);

    self->groups = g_ptr_array_new_with_free_func((GDestroyNotify) g_byte_array_unref);
    self->scratch = g_byte_array_new();
    return self;
}

void
wl_group_free(WlGroup *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->groups);
    g_byte_array_unref(self->scratch);
    g_free(self);
}

/* The last group if the fact in `scratch` fits into it, else NULL. */
static GByteArray *
last_with_room(WlGroup *self)
{
    GByteArray *last;

    if (self->groups->len == 0)
        return NULL;
    last = g_ptr_array_index(self->groups, self->groups->len - 1);
    return last->len + self->scratch->len <= WL_GROUP_MAX_INNER ? last : NULL;
}

static void
encode(WlGroup *self, const WlFact *fact, gint64 now)
{
    WlFact timed = *fact; /* a shallow copy: not cleared */

    timed.ttl = wl_ttl_from_expiry(fact->expires, now);
    g_byte_array_set_size(self->scratch, 0);
    wl_fact_encode(&timed, self->scratch);
}

void
wl_group_add(WlGroup *self, const WlFact *fact, gint64 now)
{
    GByteArray *group;

    encode(self, fact, now);
    group = last_with_room(self);
    if (!group) {
        group = g_byte_array_sized_new(WL_GROUP_MAX_INNER);
        g_ptr_array_add(self->groups, group);
    }
    g_byte_array_append(group, self->scratch->data, self->scratch->len);
}

gboolean
wl_group_add_if_room(WlGroup *self, const WlFact *fact, gint64 now)
{
    GByteArray *group;

    encode(self, fact, now);
    group = last_with_room(self);
    if (!group)
        return FALSE;
    g_byte_array_append(group, self->scratch->data, self->scratch->len);
    return TRUE;
}

guint
wl_group_count(const WlGroup *self)
{
    return self->groups->len;
}

const GByteArray *
wl_group_get(const WlGroup *self, guint index)
{
    g_return_val_if_fail(index < self->groups->len, NULL);
    return g_ptr_array_index(self->groups, index);
}

WlDecodeError
wl_group_decode(const guint8 *data, gsize length, GArray *facts)
{
    WlDecodeError error = WL_DECODE_OK;
    guint n = 0;

    /* Grow once, for as many facts as the bytes can hold; all of them are zero. */
    g_array_set_size(facts, 0);
    g_array_set_size(facts, length / MIN_FACT_SIZE + 1);
    while (length > 0) {
        gsize consumed;

        if (data[0] == WL_ATTRIBUTE_GROUP) {
            error = WL_DECODE_NESTED_GROUP;
            break;
        }
        error = wl_fact_decode(data, length, &g_array_index(facts, WlFact, n), &consumed);
        if (error)
            break;
        n++;
        data += consumed;
        length -= consumed;
    }
    g_array_set_size(facts, error ? 0 : n);
    return error;
}
