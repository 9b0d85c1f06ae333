/* SPDX-License-Identifier: MIT */
/* A program's functions and variables, from the symbol table of its ELF
 * file. */
#ifndef HARNESS_PS_SYMBOLS_H
#define HARNESS_PS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct symbol {
    uint64_t address, size; /* as in the file: where it is loaded, is added */
    const char *name;
    const char *file; /* "hop.c", of a static one; NULL: not known */
    bool per_thread;  /* address is an offset in a thread's storage */
};

struct symbols {
    /* private */
    const unsigned char *image; /* of the whole file */
    size_t size;
    struct symbol *list; /* functions first by address, then the others */
    size_t count;
};

/* 0; -ENOEXEC when it is not an ELF file of 64 bits, or has no symbols; another
 * negative errno. */
int symbols_open(struct symbols *symbols, const char *path);
void symbols_close(struct symbols *symbols);

/* The program's entry point, as in the file. */
uint64_t symbols_entry(const struct symbols *symbols);

/* The first symbol of this name; `file` NULL: in any file. NULL: none. */
const struct symbol *symbol_named(const struct symbols *symbols,
                                  const char *file, const char *name);

/* The symbol that contains this address; of several the one that begins last,
 * and of two names for it always the same. NULL: none. */
const struct symbol *symbol_at(const struct symbols *symbols, uint64_t address);

/* The function of a library whose address is in this slot (of .got.plt), by
 * name. NULL: none is known. */
const char *symbols_import(const struct symbols *symbols, uint64_t slot);

/* A section's place in memory. False: there is none. */
bool symbols_section(const struct symbols *symbols, const char *name,
                     uint64_t *address, uint64_t *size);

#ifdef __cplusplus
}
#endif

#endif
