/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The file formats, which keys each of them supports, and what a conversion loses. */

#include "wl-profile-file.h"
#include "wl-profile-keys.h"

G_BEGIN_DECLS

typedef enum {
    WL_FORMAT_UNKNOWN,
    WL_FORMAT_WIRELINK, /* wl-wgquick.h */
    WL_FORMAT_WGQUICK,  /* the same without [Wirelink], for wg-quick */
    WL_FORMAT_GO,       /* wl-go-config.h */
    WL_FORMAT_WIREHUB,  /* wl-wirehub.h */
} WlFormat;

/* "wirelink", "wg-quick", "go", "wirehub". */
const char *wl_format_to_string(WlFormat format);
WlFormat wl_format_from_string(const char *text);
/* By extension: .wirelink, .conf, .json, .wirehub. */
WlFormat wl_format_of_path(const char *path);
/* By content. */
WlFormat wl_format_detect(const char *text, gsize length);

/* Whether @format supports @key, or an unknown key. */
gboolean wl_format_carries(WlFormat format, const WlProfileKey *key);
gboolean wl_format_carries_extra(WlFormat format, const WlProfileExtra *extra);

/* The keys that a conversion loses, and their peers. */
typedef struct _WlLosses WlLosses;

WlLosses *wl_losses_new(void);
void wl_losses_free(WlLosses *losses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLosses, wl_losses_free)

/* @peer is NULL for a key of the profile. */
void wl_losses_add(WlLosses *losses, const char *key, const WlProfilePeer *peer);
/* Adds every key of @file that has a value and that neither @format nor @beside supports. @beside
 * is the format of a second file, or WL_FORMAT_UNKNOWN. */
void wl_losses_add_keys(WlLosses *losses, const WlProfileFile *file, WlFormat format,
                        WlFormat beside);
/* An array of char * for messages, such as "Trust of hub and laptop"; never with a value. */
GPtrArray *wl_losses_to_strings(const WlLosses *losses);

G_END_DECLS
