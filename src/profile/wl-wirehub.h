/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A network file of WireHub: a line for each node, with a word that says what it is, its name, its
 * address, its public key and where it is reached. It has no private key. What is known of the form
 * is what WireHub itself reads:
 *
 *   name NETWORK                        workbit NUMBER        namespace WORD
 *   subnet ADDRESS/LENGTH               IPv4, before the nodes
 *   trust  [NAME] [ADDRESS] KEY [ENDPOINT]   a member; without ADDRESS it gets the next free one
 *   router [NAME] [ADDRESS] KEY [ENDPOINT]   the same
 *   alias  [NAME] [ADDRESS] KEY              a name for whoever proves to have the key
 *   boot   [NAME] KEY ENDPOINT               where its search for nodes begins
 *   peer   [NAME] KEY [ENDPOINT]             a node that is not a member
 *
 * Keys are 43 characters of base64 with - and _ for + and /, ports default to 62096, # begins a
 * comment, and lines of other words are ignored. */

#include "wl-format.h"

G_BEGIN_DECLS

/* Reads the @length bytes at @text as the member with @private_key and its public half @own_key
 * sees the network. @name stands for the text in errors and warnings, both "name:line: sentence".
 * What has no meaning here is kept as notes ("X-WireHub-...") with a warning. */
WlWgQuick *wl_wirehub_parse(const char *text, gsize length, const char *name,
                            const char *private_key, const char *own_key, GError **error);

/* The network as WireHub reads it. @own_key may be NULL: without it the own line is left out and
 * added to @losses, as everything else that has no place. NULL on error. */
char *wl_wirehub_format(const WlWgQuick *file, const char *own_key, WlLosses *losses,
                        GError **error);

G_END_DECLS
