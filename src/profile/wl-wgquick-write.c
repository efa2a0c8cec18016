/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The other half of wl-wgquick.h: writing a file, and the files themselves. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "wl-format.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"
#include "wl-wgquick.h"

/* A growing text whose outgrown pieces are wiped, as it holds secrets. */
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

/* Flags that the reader would give by itself are left out. */
static gboolean
flags_go_without_saying(const WlProfileKey *key, const WlWgQuick *file, const WlProfilePeer *peer)
{
    if (key->scope == WL_KEY_OF_PROFILE)
        return file->profile->private_key_flags == WL_SECRET_FLAG_NONE;
    return peer->preshared_key_flags ==
           (peer->preshared_key ? WL_SECRET_FLAG_NONE : WL_SECRET_FLAG_NOT_REQUIRED);
}

static void
append_key(Writer *writer, WlFormat format, const WlProfileKey *key, const WlWgQuick *file,
           const WlProfilePeer *peer)
{
    gconstpointer structure = key->scope == WL_KEY_OF_PEER   ? (gconstpointer) peer
                              : key->scope == WL_KEY_OF_FILE ? (gconstpointer) file
                                                             : (gconstpointer) file->profile;
    WlSecretFlags flags = peer ? peer->preshared_key_flags : file->profile->private_key_flags;
    char *value;

    if (key->type == WL_KEY_TYPE_FLAGS && flags_go_without_saying(key, file, peer))
        return;
    if (key->type == WL_KEY_TYPE_ENDPOINTS) {
        /* wg knows one, and of several lines takes the last. */
        for (guint i = 0; i < peer->endpoints->len && (i == 0 || format != WL_FORMAT_WGQUICK); i++)
            append_line(writer, key->file_name, peer->endpoints->pdata[i]);
        return;
    }
    value = wl_profile_value_format(key, structure, ", ");
    if (value && key->type == WL_KEY_TYPE_NAME)
        append_name(writer, key->file_name, value);
    else if (value)
        append_line(writer, key->file_name, value);
    else if (key->scope == WL_KEY_OF_PROFILE &&
             key->offset == G_STRUCT_OFFSET(WlProfile, listen_port) && file->has_listen_port)
        append_line(writer, key->file_name, "0"); /* or the importer would choose one */
    else if (key->secret && flags == WL_SECRET_FLAG_NONE) {
        append(writer, "# The key was not there to be written; add it here:\n# ");
        append(writer, key->file_name);
        append(writer, " =\n");
    }
    wl_profile_wipe_free(value);
}

static void
append_section(Writer *writer, WlFormat format, WlProfileSection section, const WlWgQuick *file,
               const WlProfilePeer *peer)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);

    append(writer, writer->length ? "\n[" : "[");
    append(writer, wl_profile_section_to_string(section));
    append(writer, "]\n");
    /* For people: wg-quick has no key for it. */
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
wl_wgquick_format(const WlWgQuick *file)
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
wl_wgquick_format_plain(const WlWgQuick *file)
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
    Writer writer = {0};

    append_section(&writer, WL_FORMAT_WIRELINK, WL_PROFILE_SECTION_PEER, NULL, peer);
    return writer.text;
}

static gboolean
fail_with_errno(int code, const char *what, const char *path, GError **error)
{
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO, "Cannot %s \"%s\": %s", what, name,
                g_strerror(code));
    return FALSE;
}

static gboolean
fail_not_regular(const char *path, GError **error)
{
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO, "\"%s\" is not a regular file", name);
    return FALSE;
}

/* All of @fd, at most @size bytes. */
static gboolean
read_all(int fd, char *text, gsize size, gsize *length)
{
    *length = 0;
    while (*length < size) {
        gssize n = read(fd, text + *length, size - *length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        if (n == 0)
            break;
        *length += (gsize) n;
    }
    return TRUE;
}

char *
wl_wgquick_load(const char *path, gsize *length, GError **error)
{
    const gsize size = WL_PROFILE_MAX_FILE + 1; /* one more shows that it is too long */
    struct stat status;
    char *text;
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        fail_with_errno(errno, "read", path, error);
        return NULL;
    }
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        fail_not_regular(path, error);
        close(fd);
        return NULL;
    }
    text = g_malloc(size + 1);
    if (!read_all(fd, text, size, length)) {
        fail_with_errno(errno, "read", path, error);
        wl_wgquick_wipe(g_steal_pointer(&text), *length);
    } else if (*length > WL_PROFILE_MAX_FILE) {
        g_autofree char *name = g_filename_display_basename(path);

        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                    "%s: the file is longer than %u bytes; is this a text file?", name,
                    WL_PROFILE_MAX_FILE);
        wl_wgquick_wipe(g_steal_pointer(&text), *length);
    } else {
        text[*length] = '\0';
    }
    close(fd);
    return text;
}

void
wl_wgquick_wipe(char *text, gsize length)
{
    if (text)
        explicit_bzero(text, length);
    g_free(text);
}

gboolean
wl_wgquick_write(const WlWgQuick *file, const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    struct stat status;
    char *text;
    gsize length;
    gboolean ok;

    /* Renaming onto /dev/stdout and its like would replace the device. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return fail_not_regular(path, error);
    text = wl_wgquick_format(file);
    length = strlen(text);
    if (length > WL_PROFILE_MAX_FILE) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO,
                    "The profile is longer than the %u bytes of a file that can be imported again",
                    WL_PROFILE_MAX_FILE);
        wl_profile_wipe_free(text);
        return FALSE;
    }
    /* A temporary file beside it, made with this mode, and renamed: never readable by others. */
    ok = g_file_set_contents_full(path, text, (gssize) length,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0600, &local);
    wl_profile_wipe_free(text);
    if (!ok)
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO, "%s", local->message);
    return ok;
}
