/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Prefixes as they appear on D-Bus. */

#include "wl-prefixes-variant.h"

#include "wl-address.h"

GVariant *
wl_prefixes_to_variant(const GArray *prefixes)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE_STRING_ARRAY);
    for (guint i = 0; prefixes && i < prefixes->len; i++)
        g_variant_builder_add_value(&list, g_variant_new_take_string(wl_prefix_to_string(
                                               &g_array_index(prefixes, WlPrefix, i))));
    return g_variant_builder_end(&list);
}
