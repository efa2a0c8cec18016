/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads WireHub network files. A line describes a node: a word for its kind, its name, address,
 * public key and endpoint. There is no private key. The grammar is what WireHub itself reads:
 *
 *   name NETWORK                             workbit NUMBER        namespace WORD
 *   subnet ADDRESS/LENGTH                    IPv4, before the nodes
 *   trust  [NAME] [ADDRESS] KEY [ENDPOINT]   a member; without ADDRESS it gets the next free one
 *   router [NAME] [ADDRESS] KEY [ENDPOINT]   the same
 *   alias  [NAME] [ADDRESS] KEY              a name for the owner of the key
 *   boot   [NAME] KEY ENDPOINT               where the search for nodes begins
 *   peer   [NAME] KEY [ENDPOINT]             a node that is no member
 *
 * Keys are 43 characters of base64 with - and _ for + and /, the default port is 62096, # begins a
 * comment, and lines that begin with other words are ignored. */

#include "wl-profile-file.h"

G_BEGIN_DECLS

/* Reads the @length bytes at @text from the view of the member with @private_key and its public key
 * @own_key. @name is the name of the text in errors and warnings, both "name:line: sentence". Lines
 * without a meaning in a profile are kept as notes ("X-WireHub-...") with a warning. */
WlProfileFile *wl_wirehub_parse(const char *text, gsize length, const char *name,
                                const char *private_key, const char *own_key, GError **error);

G_END_DECLS
