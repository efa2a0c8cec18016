/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strategies: datagrams that are no groups of facts, and those that were sent before.
 */
#include "world/liar/liar-private.h"

#include <string.h>

#define SUBJECT_AT  2    /* in a signed group */
#define RECEIVE_MAX 2424 /* docs/protocol.md 1.6 */

/* Of the wrong bytes, a valid tag for wrong bytes, and a broken copy of a good datagram. */
static void
send_garbage(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    const LiarRecord *record = &self->sent[liar_random(self, LIAR_RECORDED)];
    guint8 data[RECEIVE_MAX + 16];
    gsize length = liar_random(self, liar_chance(self, 0.5) ? 100 : sizeof(data));
    g_autoptr(GBytes) bytes = NULL, broken = NULL;

    liar_random_bytes(work->group, data, length);
    if (length > SUBJECT_AT + WL_KEY_SIZE && liar_chance(self, 0.5)) {
        memcpy(data, (const guint8[]){WL_ATTRIBUTE_GROUP, 0}, 2);
        memcpy(data + SUBJECT_AT, self->host->public_key.bytes, WL_KEY_SIZE);
    }
    bytes = g_bytes_new(data, length);
    liar_send_bytes(self, to, bytes);
    liar_send_inner(self, to, data, MIN(length, 1136), liar_chance(self, 0.5));
    if (!record->bytes)
        return;
    length = MIN(g_bytes_get_size(record->bytes), sizeof(data));
    memcpy(data, g_bytes_get_data(record->bytes, NULL), length);
    if (length > 0)
        data[liar_random(self, (guint) length)] ^= (guint8) (1u << liar_random(self, 8));
    broken = g_bytes_new(data, liar_random(self, (guint) length + 1));
    liar_send_bytes(self, to, broken);
}

/* The own datagrams of this life and earlier, to the same member and to others; and what a member
 * said, sent back to it: the tag is good once the subject is the liar. */
static void
replay(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    for (guint i = 0; i < LIAR_RECORDED; i++) {
        const LiarRecord *sent = &self->sent[i], *received = &self->received[i];
        g_autoptr(GByteArray) copy = NULL;
        g_autoptr(GBytes) bytes = NULL;

        if (sent->bytes && (sent->other == to || i % 8 == work->step % 8))
            liar_send_bytes(self, to, sent->bytes);
        if (!received->bytes || received->other != to ||
            g_bytes_get_size(received->bytes) < SUBJECT_AT + WL_KEY_SIZE)
            continue;
        copy = g_byte_array_new();
        g_byte_array_append(copy, g_bytes_get_data(received->bytes, NULL),
                            (guint) g_bytes_get_size(received->bytes));
        memcpy(copy->data + SUBJECT_AT, self->host->public_key.bytes, WL_KEY_SIZE);
        bytes = g_byte_array_free_to_bytes(g_steal_pointer(&copy));
        liar_send_bytes(self, to, bytes);
    }
}

const LiarStrategy liar_bytes[] = {
    {"bytes", SIM_MSEC(300), send_garbage},
    {"replays", SIM_SEC(1), replay},
    {NULL},
};
