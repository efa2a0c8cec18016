/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-input.h"
#include "wl-ctl-output.h"
#include "wl-ctl-packet.h"
#include "wl-ctl.h"
#include "wl-group.h"
#include "wl-signer.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINE (128 * 1024)

/* ---- whose packets ------------------------------------------------------------------------- */

/* NULL without *error: the signature is not asked for. */
static WlSigner *
load_signer(const char *key_file, GError **error)
{
    WlSigner *signer;
    WlKey key;

    if (!key_file || !wl_ctl_read_key_file(key_file, &key, error))
        return NULL;
    signer = wl_signer_new(&key, wl_ctl_random, NULL);
    wl_key_wipe(&key);
    return signer;
}

/* An address as the tools print it: with or without the interface behind a percent sign. */
static gboolean
parse_source(const char *text, WlIp *source)
{
    g_autofree char *address = g_strndup(text, strcspn(text, "%"));

    return wl_ip_parse(address, source) && source->family == WL_FAMILY_V6;
}

static void
add_verdict(JsonObject *object, WlSigner *signer, const WlIp *source, const guint8 *data,
            gsize length)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlReceiveResult result;
    WlKey sender;

    /* A longer datagram is received cut (docs/protocol.md 1.6). */
    result =
        wl_signer_open(signer, source, data, MIN(length, WL_RECEIVE_MAX), &sender, facts, NULL);
    json_object_set_boolean_member(object, "accepted", result == WL_RECEIVE_ACCEPTED);
    if (result != WL_RECEIVE_ACCEPTED)
        json_object_set_string_member(object, "why", wl_receive_result_label(result));
}

/* ---- lines --------------------------------------------------------------------------------- */

static void
print_line_error(guint64 number, const char *what)
{
    JsonObject *object = json_object_new();
    g_autofree char *message = g_strdup_printf("line %" G_GUINT64_FORMAT " %s", number, what);

    json_object_set_string_member(object, "error", message);
    json_object_set_int_member(object, "line", (gint64) number);
    wl_ctl_print_json(object, FALSE);
}

/* What is wrong with the line, or NULL with the bytes appended to @bytes. */
static const char *
unhex(GString *line, GByteArray *bytes)
{
    const char *hex, *bad;
    gsize length, size;

    if (memchr(line->str, 0, line->len))
        return "is not hexadecimal: it holds a NUL";
    hex = g_strstrip(line->str);
    length = strlen(hex);
    if (strspn(hex, "0123456789abcdefABCDEF") != length)
        return "is not hexadecimal: expected the digits 0-9 and a-f only";
    if (length % 2)
        return "is not hexadecimal: expected two digits for each byte, and one is left";
    g_byte_array_set_size(bytes, length / 2);
    if (length == 0)
        return NULL;
    if (sodium_hex2bin(bytes->data, bytes->len, hex, length, NULL, &size, &bad) != 0 ||
        size != bytes->len)
        return "is not hexadecimal";
    return NULL;
}

static gboolean
decode_line(guint64 number, WlLineResult read, GString *line, WlSigner *signer, const WlIp *source)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const char *problem = read == WL_LINE_TOO_LONG
                              ? "is longer than a datagram can be: expected 131072 digits at most"
                              : unhex(line, bytes);
    JsonObject *object;

    if (problem) {
        print_line_error(number, problem);
        return FALSE;
    }
    object = wl_ctl_packet_to_json(bytes->data, bytes->len);
    if (signer)
        add_verdict(object, signer, source, bytes->data, bytes->len);
    wl_ctl_print_json(object, FALSE);
    return TRUE;
}

static WlExit
decode_lines(WlSigner *signer, const WlIp *source)
{
    g_autoptr(GString) line = g_string_new(NULL);
    WlExit result = WL_EXIT_OK;
    WlLineResult read;

    for (guint64 number = 1;; number++) {
        read = wl_ctl_read_line(stdin, line, MAX_LINE);
        if (read == WL_LINE_END)
            break;
        if (!decode_line(number, read, line, signer, source))
            result = WL_EXIT_FAILURE;
        /* So that one who writes a line can wait for its answer. */
        if (fflush(stdout) != 0)
            return WL_EXIT_FAILURE;
    }
    if (ferror(stdin)) {
        wl_ctl_complain("cannot read standard input");
        return WL_EXIT_FAILURE;
    }
    return result;
}

WlExit
wl_cmd_decode(char **arguments)
{
    g_autofree char *key_file = NULL;
    g_autofree char *source_text = NULL;
    const GOptionEntry entries[] = {
        {"private-key-file", 0, 0, G_OPTION_ARG_FILENAME, &key_file,
         "say whether the member with this key would accept the datagram", "FILE"},
        {"source", 0, 0, G_OPTION_ARG_STRING, &source_text,
         "the address that the datagram came from", "ADDRESS"},
        {NULL},
    };
    g_autoptr(WlSigner) signer = NULL;
    g_autoptr(GError) error = NULL;
    WlIp source = {0};

    if (!wl_ctl_parse("decode", arguments, entries, 0, NULL))
        return WL_EXIT_USAGE;
    if (!key_file != !source_text) {
        wl_ctl_complain("decode needs --private-key-file and --source together; %s is missing",
                        key_file ? "--source" : "--private-key-file");
        return WL_EXIT_USAGE;
    }
    if (source_text && !parse_source(source_text, &source)) {
        g_autofree char *shown = wl_ctl_harmless(source_text);

        wl_ctl_complain("--source %s is not an IPv6 address: expected one like fe80::1", shown);
        return WL_EXIT_USAGE;
    }
    signer = load_signer(key_file, &error);
    if (error) {
        wl_ctl_complain("%s", error->message);
        return WL_EXIT_FAILURE;
    }
    return decode_lines(signer, &source);
}
