/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Member metadata (docs/protocol.md 1.4)
 *   uvarint  N, not counting itself, at most 1048576
 *   N        entries
 *
 * Entry
 *   1        attribute
 *   uvarint  L, at most 1048576
 *   L        value
 *
 * Entries arrive in any order and are kept in canonical order, `n` first and the others by
 * attribute, because the encoded value is part of the identity of the fact.
 */
#include "wl-metadata.h"

#include <stdlib.h>
#include <string.h>

#include "wl-text-sanitize.h"
#include "wl-uvarint.h"

#define MAX_LENGTH   1048576 /* bytes, of N and of L */
#define MAX_OWN_NAME 255     /* bytes: the own metadata must fit into a group */
#define MAX_SHOWN    63      /* characters of a display name */

struct _WlMetadata {
    gatomicrefcount references;
    gsize length;   /* of `bytes` */
    gsize first;    /* offset of the entries, after N */
    guint8 bytes[]; /* canonical */
};

typedef struct {
    guint8 attribute;
    const guint8 *value;
    gsize length;
} Entry;

/* No attribute occurs twice. */
typedef struct {
    guint n;
    Entry list[256];
} Entries;

/* ---- checks -------------------------------------------------------------------------------- */

/* As Go's utf8.ValidString(): NUL is valid, unlike in g_utf8_validate_len(). */
static gboolean
is_utf8(const guint8 *bytes, gsize length)
{
    while (length > 0) {
        const guint8 *nul = memchr(bytes, 0, length);
        gsize part = nul ? (gsize) (nul - bytes) : length;

        if (!g_utf8_validate_len((const char *) bytes, part, NULL))
            return FALSE;
        if (!nul)
            break;
        bytes = nul + 1;
        length -= part + 1;
    }
    return TRUE;
}

static WlDecodeError
check_entry(guint8 attribute, const guint8 *value, gsize length)
{
    if (attribute == WL_METADATA_NAME && !is_utf8(value, length))
        return WL_DECODE_METADATA_NAME_UTF8;
    if (attribute == WL_METADATA_BASIC && (length != 1 || value[0] > 1))
        return WL_DECODE_METADATA_BASIC;
    return WL_DECODE_OK;
}

/* ---- decoding and encoding ------------------------------------------------------------------- */

static WlDecodeError
read_entries(const guint8 *data, gsize length, Entries *entries)
{
    guint64 seen[4] = {0};
    gsize at = 0;

    entries->n = 0;
    while (at < length) {
        guint8 attribute = data[at++];
        guint64 bit = G_GUINT64_CONSTANT(1) << (attribute & 63);
        WlDecodeError error;
        guint64 size;
        gsize used;

        if (seen[attribute >> 6] & bit)
            return WL_DECODE_METADATA_DUPLICATE;
        seen[attribute >> 6] |= bit;
        error = wl_uvarint_decode(data + at, length - at, &size, &used);
        if (error)
            return error;
        at += used;
        if (size > MAX_LENGTH || size > length - at)
            return WL_DECODE_METADATA_ATTR_LENGTH;
        error = check_entry(attribute, data + at, size);
        if (error)
            return error;
        entries->list[entries->n++] = (Entry){attribute, data + at, size};
        at += size;
    }
    return WL_DECODE_OK;
}

/* Canonical order: the name first, then by attribute. */
static int
compare_entries(const void *a, const void *b)
{
    const Entry *left = a, *right = b;
    int left_rank = left->attribute == WL_METADATA_NAME ? -1 : left->attribute;
    int right_rank = right->attribute == WL_METADATA_NAME ? -1 : right->attribute;

    return left_rank - right_rank;
}

static WlMetadata *
from_entries(Entries *entries)
{
    guint8 head[WL_UVARINT_MAX_SIZE];
    gsize payload = 0, head_size;
    WlMetadata *self;
    guint8 *out;

    qsort(entries->list, entries->n, sizeof(Entry), compare_entries);
    for (guint i = 0; i < entries->n; i++) {
        gsize length = entries->list[i].length;

        payload += 1 + wl_uvarint_size(length) + length;
    }
    head_size = wl_uvarint_encode(payload, head);

    self = g_malloc(sizeof(WlMetadata) + head_size + payload);
    g_atomic_ref_count_init(&self->references);
    self->first = head_size;
    self->length = head_size + payload;
    memcpy(self->bytes, head, head_size);
    out = self->bytes + head_size;
    for (guint i = 0; i < entries->n; i++) {
        const Entry *entry = &entries->list[i];
        gsize size = wl_uvarint_encode(entry->length, head);

        *out++ = entry->attribute;
        memcpy(out, head, size);
        memcpy(out + size, entry->value, entry->length);
        out += size + entry->length;
    }
    return self;
}

WlMetadata *
wl_metadata_decode(const guint8 *data, gsize length, gsize *consumed, WlDecodeError *error)
{
    Entries entries;
    guint64 payload;
    gsize used;

    *error = wl_uvarint_decode(data, length, &payload, &used);
    if (*error)
        return NULL;
    if (payload > MAX_LENGTH || payload > length - used) {
        *error = WL_DECODE_METADATA_LENGTH;
        return NULL;
    }
    *error = read_entries(data + used, payload, &entries);
    if (*error)
        return NULL;
    *consumed = used + payload;
    return from_entries(&entries);
}

/* The length in bytes of the longest allowed prefix of @name, cut between characters. */
static gsize
own_name_length(const char *name)
{
    gsize length = strlen(name);

    if (length > MAX_OWN_NAME)
        length = (gsize) (g_utf8_find_prev_char(name, name + MAX_OWN_NAME + 1) - name);
    return length;
}

WlMetadata *
wl_metadata_new(const char *name, int basic)
{
    g_autofree char *valid = g_utf8_make_valid(name ? name : "", -1);
    const guint8 flag = basic > 0;
    Entries entries = {0};

    if (*valid) {
        entries.list[entries.n++] =
            (Entry){WL_METADATA_NAME, (const guint8 *) valid, own_name_length(valid)};
    }
    if (basic >= 0)
        entries.list[entries.n++] = (Entry){WL_METADATA_BASIC, &flag, 1};
    return from_entries(&entries);
}

WlMetadata *
wl_metadata_ref(WlMetadata *self)
{
    g_atomic_ref_count_inc(&self->references);
    return self;
}

void
wl_metadata_unref(WlMetadata *self)
{
    if (self && g_atomic_ref_count_dec(&self->references))
        g_free(self);
}

/* ---- access ------------------------------------------------------------------------------- */

const guint8 *
wl_metadata_get_bytes(const WlMetadata *self, gsize *length)
{
    *length = self->length;
    return self->bytes;
}

/* Reads the entry at *at and advances *at past it; FALSE at the end. */
static gboolean
next_entry(const WlMetadata *self, gsize *at, Entry *entry)
{
    guint64 size;
    gsize used;

    /* Decoding cannot fail: from_entries() wrote it. */
    if (*at >= self->length ||
        wl_uvarint_decode(self->bytes + *at + 1, self->length - *at - 1, &size, &used))
        return FALSE;
    entry->attribute = self->bytes[*at];
    *at += 1 + used;
    entry->value = self->bytes + *at;
    entry->length = size;
    *at += size;
    return TRUE;
}

const guint8 *
wl_metadata_get(const WlMetadata *self, guint8 attribute, gsize *length)
{
    gsize at = self->first;
    Entry entry;

    *length = 0;
    while (next_entry(self, &at, &entry)) {
        if (entry.attribute != attribute)
            continue;
        *length = entry.length;
        return entry.value;
    }
    return NULL;
}

void
wl_metadata_foreach(const WlMetadata *self, WlMetadataFunc func, gpointer user_data)
{
    gsize at = self->first;
    Entry entry;

    while (next_entry(self, &at, &entry))
        func(entry.attribute, entry.value, entry.length, user_data);
}

gboolean
wl_metadata_is_basic(const WlMetadata *self)
{
    gsize length;
    const guint8 *value = wl_metadata_get(self, WL_METADATA_BASIC, &length);

    return value && value[0] == 1; /* check_entry() has checked the length */
}

char *
wl_metadata_dup_display_name(const WlMetadata *self)
{
    gsize length;
    const char *name = (const char *) wl_metadata_get(self, WL_METADATA_NAME, &length);

    if (!name || length == 0)
        return NULL;
    return wl_text_sanitize(name, (gssize) length, MAX_SHOWN, 0xfffd);
}
