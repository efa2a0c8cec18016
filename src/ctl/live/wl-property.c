/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of a dictionary of D-Bus properties (a{sv}) by name. A missing value, or one of another
 * type, reads as "", 0, FALSE or NULL. Strings belong to the dictionary unless noted.
 */
#include "wl-property.h"

#include <string.h>

#include "wl-display.h"

#define MAX_COUNTER 40 /* columns of a name */

const char *
wl_property_string(GVariant *properties, const char *name)
{
    const char *value = "";

    if (!g_variant_lookup(properties, name, "&s", &value))
        g_variant_lookup(properties, name, "&o", &value);
    return value;
}

guint64
wl_property_uint(GVariant *properties, const char *name)
{
    guint64 value = 0;
    guint32 value32;
    guint16 value16;

    if (g_variant_lookup(properties, name, "u", &value32))
        value = value32;
    else if (g_variant_lookup(properties, name, "q", &value16))
        value = value16;
    else
        g_variant_lookup(properties, name, "t", &value);
    return value;
}

gint64
wl_property_int(GVariant *properties, const char *name)
{
    gint64 value = 0;

    g_variant_lookup(properties, name, "x", &value);
    return value;
}

gboolean
wl_property_boolean(GVariant *properties, const char *name)
{
    gboolean value = FALSE;

    g_variant_lookup(properties, name, "b", &value);
    return value;
}

GVariant *
wl_property_value(GVariant *properties, const char *name, const char *type)
{
    return g_variant_lookup_value(properties, name, G_VARIANT_TYPE(type));
}

char *
wl_property_list(GVariant *properties, const char *name, const char *separator)
{
    g_autoptr(GVariant) list = wl_property_value(properties, name, "as");
    g_autofree const char **strings = list ? g_variant_get_strv(list, NULL) : NULL;

    return strings ? g_strjoinv(separator, (char **) strings) : g_strdup("");
}

char **
wl_property_sentences(GVariant *properties, const char *name)
{
    g_autoptr(GVariant) pairs = wl_property_value(properties, name, "a(ss)");
    g_autoptr(GStrvBuilder) sentences = g_strv_builder_new();

    for (gsize i = 0; pairs && i < g_variant_n_children(pairs); i++) {
        const char *sentence;

        g_variant_get_child(pairs, i, "(&s&s)", NULL, &sentence);
        g_strv_builder_add(sentences, sentence);
    }
    return g_strv_builder_end(sentences);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

char *
wl_property_counters(GVariant *properties, const char *name, const char *prefix)
{
    g_autoptr(GVariant) counters = wl_property_value(properties, name, "a{st}");
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    GVariantIter iter;
    const char *counter;
    guint64 count;

    if (counters) {
        g_variant_iter_init(&iter, counters);
        while (g_variant_iter_next(&iter, "{&st}", &counter, &count)) {
            if (count > 0 && g_str_has_prefix(counter, prefix)) {
                g_autofree char *shown = wl_display_quote(counter + strlen(prefix), MAX_COUNTER);
                g_ptr_array_add(list, g_strdup_printf("%s %" G_GUINT64_FORMAT, shown, count));
            }
        }
    }
    g_ptr_array_sort(list, compare_names);
    g_ptr_array_add(list, NULL);
    return g_strjoinv(", ", (char **) list->pdata);
}

guint64
wl_property_counter(GVariant *properties, const char *name, const char *counter)
{
    g_autoptr(GVariant) counters = wl_property_value(properties, name, "a{st}");
    guint64 count = 0;

    if (counters)
        g_variant_lookup(counters, counter, "t", &count);
    return count;
}
