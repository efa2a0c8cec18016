/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-wgquick-write.h"

#include <string.h>

#include "wl-format.h"
#include "wl-profile-check.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

/* A growing text that wipes its old copies, as it holds secrets. */
typedef struct {
    char *text;
    gsize length;
    gsize size;
} Writer;

static void
append(Writer *writer, const char *text)
{
    gsize length = strlen(text);

    if (writer->length + length >= writer->size) {
        gsize size = MAX(2 * writer->size, writer->length + length + 4096);
        char *grown = g_malloc(size);

        if (writer->text) {
            memcpy(grown, writer->text, writer->length);
            explicit_bzero(writer->text, writer->length);
            g_free(writer->text);
        }
        writer->text = grown;
        writer->size = size;
    }
    memcpy(writer->text + writer->length, text, length + 1);
    writer->length += length;
}

static void
append_line(Writer *writer, const char *name, const char *value)
{
    append(writer, name);
    append(writer, " = ");
    append(writer, value);
    append(writer, "\n");
}

static void
append_name(Writer *writer, const char *key, const char *name)
{
    GString *quoted;

    if (name[0] != '"' && !strchr(name, '#')) {
        append_line(writer, key, name);
        return;
    }
    quoted = g_string_new("\"");
    for (const char *p = name; *p; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *p);
    }
    g_string_append_c(quoted, '"');
    append_line(writer, key, quoted->str);
    g_string_free(quoted, TRUE);
}

static void
append_extra(Writer *writer, WlFormat format, WlProfileSection section, const GPtrArray *extra)
{
    for (guint i = 0; i < extra->len; i++) {
        const WlProfileExtra *item = extra->pdata[i];
        g_auto(GStrv) lines = NULL;

        if (item->section != section || !wl_format_carries_extra(format, item))
            continue;
        lines = g_strsplit(item->value, "\n", -1);
        for (guint j = 0; lines[j]; j++)
            append_line(writer, item->key, lines[j]);
    }
}

/* Default flags are left out. */
static gboolean
has_default_flags(const WlProfileKey *key, const WlProfileFile *file, const WlProfilePeer *peer)
{
    if (key->scope == WL_KEY_OF_PROFILE)
        return file->profile->private_key_flags == WL_SECRET_FLAG_NONE;
    /* A key of a peer. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    return peer->preshared_key_flags ==
           (peer->preshared_key ? WL_SECRET_FLAG_NONE : WL_SECRET_FLAG_NOT_REQUIRED);
}

static gboolean
is_full_tunnel(const WlProfileKey *key)
{
    return key->scope == WL_KEY_OF_PROFILE &&
           key->offset == G_STRUCT_OFFSET(WlProfile, full_tunnel);
}

static void
append_key(Writer *writer, WlFormat format, const WlProfileKey *key, const WlProfileFile *file,
           const WlProfilePeer *peer)
{
    gconstpointer structure = key->scope == WL_KEY_OF_PEER   ? (gconstpointer) peer
                              : key->scope == WL_KEY_OF_FILE ? (gconstpointer) file
                                                             : (gconstpointer) file->profile;
    WlSecretFlags flags = peer ? peer->preshared_key_flags : file->profile->private_key_flags;
    char *value;
    guint other;

    if (key->type == WL_KEY_TYPE_FLAGS && has_default_flags(key, file, peer))
        return;
    if (key->type == WL_KEY_TYPE_ENDPOINTS) {
        /* wg supports one endpoint and uses the last of several lines. */
        /* A key of a peer. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        for (guint i = 0; i < peer->endpoints->len && (i == 0 || format != WL_FORMAT_WGQUICK); i++)
            append_line(writer, key->file_name, peer->endpoints->pdata[i]);
        return;
    }
    value = wl_profile_value_format(key, structure, ", ");
    if (!value && is_full_tunnel(key) && wl_profile_find_default_route(file->profile, &other))
        value = g_strdup("no"); /* otherwise reading would set it */
    if (value && key->type == WL_KEY_TYPE_NAME)
        append_name(writer, key->file_name, value);
    else if (value)
        append_line(writer, key->file_name, value);
    else if (key->scope == WL_KEY_OF_PROFILE &&
             key->offset == G_STRUCT_OFFSET(WlProfile, listen_port) && file->has_listen_port)
        append_line(writer, key->file_name, "0"); /* otherwise importing would choose a port */
    else if (key->secret && flags == WL_SECRET_FLAG_NONE) {
        append(writer, "# The key was not available; add it here:\n# ");
        append(writer, key->file_name);
        append(writer, " =\n");
    }
    wl_profile_wipe_free(value);
}

static void
append_section(Writer *writer, WlFormat format, WlProfileSection section, const WlProfileFile *file,
               const WlProfilePeer *peer)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    append(writer, writer->length ? "\n[" : "[");
    append(writer, wl_profile_section_to_string(section));
    append(writer, "]\n");
    /* For readers: wg-quick has no key for a name. */
    if (peer && peer->name && format == WL_FORMAT_WGQUICK) {
        append(writer, "# ");
        append(writer, peer->name);
        append(writer, "\n");
    }
    for (gsize i = 0; i < n_keys; i++) {
        if (keys[i].section == section && keys[i].file_name && wl_format_carries(format, &keys[i]))
            append_key(writer, format, &keys[i], file, peer);
    }
    append_extra(writer, format, section, peer ? peer->extra : file->profile->extra);
}

char *
wl_wgquick_format(const WlProfileFile *file)
{
    Writer writer = {0};

    append_section(&writer, WL_FORMAT_WIRELINK, WL_PROFILE_SECTION_INTERFACE, file, NULL);
    append_section(&writer, WL_FORMAT_WIRELINK, WL_PROFILE_SECTION_WIRELINK, file, NULL);
    for (guint i = 0; i < file->profile->peers->len; i++)
        append_section(&writer, WL_FORMAT_WIRELINK, WL_PROFILE_SECTION_PEER, file,
                       file->profile->peers->pdata[i]);
    return writer.text;
}

char *
wl_wgquick_format_plain(const WlProfileFile *file)
{
    Writer writer = {0};

    append_section(&writer, WL_FORMAT_WGQUICK, WL_PROFILE_SECTION_INTERFACE, file, NULL);
    for (guint i = 0; i < file->profile->peers->len; i++)
        append_section(&writer, WL_FORMAT_WGQUICK, WL_PROFILE_SECTION_PEER, file,
                       file->profile->peers->pdata[i]);
    return writer.text;
}

char *
wl_wgquick_format_peer(const WlProfilePeer *peer)
{
    g_autoptr(WlProfileFile) empty = wl_profile_file_new();
    Writer writer = {0};

    append_section(&writer, WL_FORMAT_WIRELINK, WL_PROFILE_SECTION_PEER, empty, peer);
    return writer.text;
}
