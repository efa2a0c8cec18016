/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-format.h"

#include <string.h>

#include "wl-profile-value.h"

#define MAX_LABELS 4

static const struct {
    const char *name, *suffix;
} formats[] = {
    [WL_FORMAT_UNKNOWN] = {"", ""},
    [WL_FORMAT_WIRELINK] = {"wirelink", ".wirelink"},
    [WL_FORMAT_WGQUICK] = {"wg-quick", ".conf"},
    [WL_FORMAT_GO] = {"go", ".json"},
    [WL_FORMAT_WIREHUB] = {"wirehub", ".wirehub"},
};

const char *
wl_format_to_string(WlFormat format)
{
    g_return_val_if_fail((guint) format < G_N_ELEMENTS(formats), "");
    return formats[format].name;
}

WlFormat
wl_format_from_string(const char *text)
{
    for (guint i = WL_FORMAT_WIRELINK; i < G_N_ELEMENTS(formats); i++) {
        if (!g_ascii_strcasecmp(formats[i].name, text))
            return (WlFormat) i;
    }
    return WL_FORMAT_UNKNOWN;
}

WlFormat
wl_format_of_path(const char *path)
{
    for (guint i = WL_FORMAT_WIRELINK; i < G_N_ELEMENTS(formats); i++) {
        if (g_str_has_suffix(path, formats[i].suffix))
            return (WlFormat) i;
    }
    return WL_FORMAT_UNKNOWN;
}

/* By the first word of a line: "[" begins a section, "{" an object. */
static WlFormat
detect_line(const char *line)
{
    static const char *const words[] = {"name", "subnet", "workbit", "namespace", "alias",
                                        "boot", "router", "peer",    "trust"};

    if (*line == '{')
        return WL_FORMAT_GO;
    if (!g_ascii_strncasecmp(line, "[Wirelink]", 10))
        return WL_FORMAT_WIRELINK;
    if (*line == '[')
        return WL_FORMAT_WGQUICK;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize length = strlen(words[i]);

        if (!strncmp(line, words[i], length) && (line[length] == ' ' || line[length] == '\t'))
            return WL_FORMAT_WIREHUB;
    }
    return WL_FORMAT_UNKNOWN;
}

WlFormat
wl_format_detect(const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, length);
    WlFormat found = WL_FORMAT_UNKNOWN;

    for (char *line = copy; line && found != WL_FORMAT_WIRELINK;) {
        WlFormat format;

        if (line == copy && g_str_has_prefix(line, "\xef\xbb\xbf"))
            line += 3;
        format = detect_line(line + strspn(line, " \t"));
        /* [Wirelink] may follow other sections; otherwise the first line decides. */
        if (found == WL_FORMAT_UNKNOWN ||
            (found == WL_FORMAT_WGQUICK && format == WL_FORMAT_WIRELINK))
            found = format;
        line = strchr(line, '\n');
        if (line)
            line++;
    }
    if (copy)
        explicit_bzero(copy, strlen(copy));
    return found;
}

static gboolean
is_field(const WlProfileKey *key, WlKeyScope scope, gsize offset)
{
    return key->scope == scope && key->offset == offset;
}

#define IS_PROFILE(field) is_field(key, WL_KEY_OF_PROFILE, G_STRUCT_OFFSET(WlProfile, field))
#define IS_PEER(field)    is_field(key, WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, field))

gboolean
wl_format_carries(WlFormat format, const WlProfileKey *key)
{
    switch (format) {
    case WL_FORMAT_UNKNOWN:
        return FALSE;
    case WL_FORMAT_WIRELINK:
        return key->file_name != NULL;
    case WL_FORMAT_WGQUICK:
        return key->section == WL_PROFILE_SECTION_INTERFACE || IS_PEER(public_key) ||
               IS_PEER(preshared_key) || IS_PEER(endpoints) || IS_PEER(allowed_ips) ||
               IS_PEER(keepalive);
    case WL_FORMAT_GO:
        return IS_PROFILE(fact_port) || IS_PROFILE(role) || IS_PROFILE(name) ||
               IS_PROFILE(chatty) || IS_PROFILE(hide_interfaces) ||
               IS_PROFILE(announce_interfaces) ||
               (key->scope == WL_KEY_OF_PEER && !IS_PEER(preshared_key) &&
                !IS_PEER(preshared_key_flags) && !IS_PEER(keepalive));
    case WL_FORMAT_WIREHUB:
        /* Lists only in part: see wl_wirehub_format(). */
        return IS_PROFILE(addresses) || IS_PROFILE(name) || IS_PROFILE(role) ||
               IS_PEER(public_key) || IS_PEER(name) || IS_PEER(endpoints) || IS_PEER(allowed_ips);
    }
    g_assert_not_reached();
}

static gboolean
is_note_of(const WlProfileExtra *extra, const char *prefix)
{
    return extra->section == WL_PROFILE_SECTION_WIRELINK && g_str_has_prefix(extra->key, prefix);
}

gboolean
wl_format_carries_extra(WlFormat format, const WlProfileExtra *extra)
{
    switch (format) {
    case WL_FORMAT_WIRELINK:
        return TRUE;
    case WL_FORMAT_WGQUICK:
        return extra->section == WL_PROFILE_SECTION_INTERFACE &&
               (!g_ascii_strcasecmp(extra->key, "SaveConfig") ||
                !g_ascii_strcasecmp(extra->key, "FwMark"));
    case WL_FORMAT_GO:
        return is_note_of(extra, WL_PROFILE_NOTE "Go-");
    case WL_FORMAT_WIREHUB:
        return is_note_of(extra, WL_PROFILE_NOTE "WireHub-");
    default:
        return FALSE;
    }
}

/* ---- losses -------------------------------------------------------------------------------- */

typedef struct {
    char *key;
    guint n_peers;
    GPtrArray *labels; /* of the first MAX_LABELS peers */
} Loss;

struct _WlLosses {
    GPtrArray *list; /* of Loss, in the order of their addition */
};

static void
loss_free(gpointer data)
{
    Loss *loss = data;

    g_free(loss->key);
    g_ptr_array_unref(loss->labels);
    g_free(loss);
}

WlLosses *
wl_losses_new(void)
{
    WlLosses *losses = g_new0(WlLosses, 1);

    losses->list = g_ptr_array_new_with_free_func(loss_free);
    return losses;
}

void
wl_losses_free(WlLosses *losses)
{
    if (!losses)
        return;
    g_ptr_array_unref(losses->list);
    g_free(losses);
}

/* The name of a peer in a message. */
static char *
peer_label(const WlProfilePeer *peer)
{
    return peer->name         ? g_strdup(peer->name)
           : peer->public_key ? g_strdup_printf("%.8s…", peer->public_key)
                              : g_strdup("a peer without key");
}

void
wl_losses_add(WlLosses *losses, const char *key, const WlProfilePeer *peer)
{
    Loss *loss = NULL;

    /* A key of the profile and a key of peers may have the same name. */
    for (guint i = 0; i < losses->list->len && !loss; i++) {
        Loss *at = losses->list->pdata[i];

        if (g_str_equal(at->key, key) && (at->n_peers > 0) == (peer != NULL))
            loss = at;
    }
    if (!loss) {
        loss = g_new0(Loss, 1);
        loss->key = g_strdup(key);
        loss->labels = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(losses->list, loss);
    }
    if (peer && loss->n_peers++ < MAX_LABELS)
        g_ptr_array_add(loss->labels, peer_label(peer));
}

/* Default flags are no loss: reading the file again yields the same. */
static gboolean
is_usual(const WlProfileKey *key, const char *value, const WlProfilePeer *peer)
{
    if (key->type == WL_KEY_TYPE_FLAGS)
        return g_str_equal(value, peer && !peer->preshared_key ? "4" : "0");
    return key->type == WL_KEY_TYPE_VERSION ||
           (key->default_text && g_str_equal(value, key->default_text));
}

static void
add_extra(WlLosses *losses, const GPtrArray *extra, const WlProfilePeer *peer, WlFormat format,
          WlFormat beside)
{
    for (guint i = 0; i < extra->len; i++) {
        const WlProfileExtra *item = extra->pdata[i];

        if (!wl_format_carries_extra(format, item) && !wl_format_carries_extra(beside, item))
            wl_losses_add(losses, item->key, peer);
    }
}

static void
add_key(WlLosses *losses, const WlProfileKey *key, gconstpointer structure,
        const WlProfilePeer *peer)
{
    char *value = wl_profile_value_format(key, structure, ", ");

    if (value && !is_usual(key, value, peer))
        wl_losses_add(losses, key->file_name ? key->file_name : key->name, peer);
    wl_profile_wipe_free(value);
}

void
wl_losses_add_keys(WlLosses *losses, const WlProfileFile *file, WlFormat format, WlFormat beside)
{
    const WlProfile *profile = file->profile;
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    for (gsize i = 0; i < n_keys; i++) {
        if (wl_format_carries(format, &keys[i]) || wl_format_carries(beside, &keys[i]))
            continue;
        if (keys[i].scope != WL_KEY_OF_PEER) {
            add_key(losses, &keys[i],
                    keys[i].scope == WL_KEY_OF_FILE ? (gconstpointer) file : profile, NULL);
            continue;
        }
        for (guint j = 0; j < profile->peers->len; j++)
            add_key(losses, &keys[i], profile->peers->pdata[j], profile->peers->pdata[j]);
    }
    add_extra(losses, profile->extra, NULL, format, beside);
    for (guint j = 0; j < profile->peers->len; j++) {
        const WlProfilePeer *peer = profile->peers->pdata[j];

        add_extra(losses, peer->extra, peer, format, beside);
    }
    /* wg supports one endpoint. */
    for (guint j = 0; j < profile->peers->len && format == WL_FORMAT_WGQUICK; j++) {
        const WlProfilePeer *peer = profile->peers->pdata[j];

        if (peer->endpoints->len > 1 && beside == WL_FORMAT_UNKNOWN)
            wl_losses_add(losses, "Endpoint, all but the first,", peer);
    }
}

GPtrArray *
wl_losses_to_strings(const WlLosses *losses)
{
    GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < losses->list->len; i++) {
        const Loss *loss = losses->list->pdata[i];
        GString *text = g_string_new(loss->key);
        guint more = loss->n_peers - loss->labels->len;

        for (guint j = 0; j < loss->labels->len; j++) {
            g_string_append(text, j == 0                                    ? " of "
                                  : j + 1 == loss->labels->len && more == 0 ? " and "
                                                                            : ", ");
            g_string_append(text, loss->labels->pdata[j]);
        }
        if (more > 0)
            g_string_append_printf(text, " and %u more", more);
        g_ptr_array_add(strings, g_string_free(text, FALSE));
    }
    return strings;
}
