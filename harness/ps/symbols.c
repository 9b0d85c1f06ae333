/* SPDX-License-Identifier: MIT */
#include "harness/ps/symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the file ---- */

static const Elf64_Ehdr *header(const struct symbols *symbols)
{
    return (const Elf64_Ehdr *)(const void *)symbols->image;
}

/* NULL when it is not wholly inside the file. */
static const void *part(const struct symbols *symbols, uint64_t offset,
                        uint64_t size)
{
    if (offset > symbols->size || size > symbols->size - offset)
        return NULL;
    return symbols->image + offset;
}

static const Elf64_Shdr *section(const struct symbols *symbols, unsigned index)
{
    const Elf64_Ehdr *elf = header(symbols);
    if (index >= elf->e_shnum || elf->e_shentsize != sizeof(Elf64_Shdr))
        return NULL;
    return part(symbols, elf->e_shoff + index * sizeof(Elf64_Shdr),
                sizeof(Elf64_Shdr));
}

/* A text of a table of texts, which ends with a zero. */
static const char *text(const struct symbols *symbols, unsigned table,
                        uint64_t offset)
{
    const Elf64_Shdr *texts = section(symbols, table);
    if (!texts || offset >= texts->sh_size)
        return NULL;
    const char *all = part(symbols, texts->sh_offset, texts->sh_size);
    return all && !all[texts->sh_size - 1] ? all + offset : NULL;
}

static int map_file(struct symbols *symbols, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct stat about;
    int error = fstat(fd, &about) ? -errno : 0;
    void *image = MAP_FAILED;
    if (!error && about.st_size > 0)
        image =
            mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (error || image == MAP_FAILED)
        return error ? error : -ENOEXEC;
    symbols->image = image;
    symbols->size = (size_t)about.st_size;
    return 0;
}

static bool is_elf(const struct symbols *symbols)
{
    return symbols->size >= sizeof(Elf64_Ehdr) &&
           !memcmp(symbols->image, ELFMAG, SELFMAG) &&
           symbols->image[EI_CLASS] == ELFCLASS64;
}

/* ---- the table ---- */

static bool is_wanted(const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_TLS);
}

/* The name of a file comes before its static symbols; global symbols, which
 * have no file, come after those of all files. */
static void take_table(struct symbols *symbols, const Elf64_Shdr *table,
                       const Elf64_Sym *all, size_t count)
{
    const char *file = NULL;
    for (size_t i = 0; i < count; i++) {
        const Elf64_Sym *one = &all[i];
        const char *name = text(symbols, table->sh_link, one->st_name);
        if (ELF64_ST_TYPE(one->st_info) == STT_FILE)
            file = name && *name ? name : NULL;
        else if (is_wanted(one) && name)
            symbols->list[symbols->count++] = (struct symbol){
                .address = one->st_value,
                .size = one->st_size,
                .name = name,
                .file = ELF64_ST_BIND(one->st_info) == STB_LOCAL ? file : NULL,
                .per_thread = ELF64_ST_TYPE(one->st_info) == STT_TLS,
            };
    }
}

static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    if (a->per_thread != b->per_thread)
        return a->per_thread ? 1 : -1;
    return a->address < b->address ? -1 : a->address > b->address;
}

static int read_table(struct symbols *symbols)
{
    const Elf64_Shdr *table = NULL;
    for (unsigned i = 0; i < header(symbols)->e_shnum; i++) {
        const Elf64_Shdr *one = section(symbols, i);
        if (one && one->sh_type == SHT_SYMTAB)
            table = one;
    }
    if (!table)
        return -ENOEXEC;
    size_t count = table->sh_size / sizeof(Elf64_Sym);
    const Elf64_Sym *all = part(symbols, table->sh_offset, table->sh_size);
    if (!all || !count)
        return -ENOEXEC;
    symbols->list = calloc(count, sizeof *symbols->list);
    if (!symbols->list)
        return -ENOMEM;
    take_table(symbols, table, all, count);
    qsort(symbols->list, symbols->count, sizeof *symbols->list,
          compare_symbols);
    return 0;
}

int symbols_open(struct symbols *symbols, const char *path)
{
    *symbols = (struct symbols){.count = 0};
    int error = map_file(symbols, path);
    if (error)
        return error;
    error = is_elf(symbols) ? read_table(symbols) : -ENOEXEC;
    if (error)
        symbols_close(symbols);
    return error;
}

void symbols_close(struct symbols *symbols)
{
    free(symbols->list);
    if (symbols->image)
        munmap((void *)(uintptr_t)symbols->image, symbols->size);
    *symbols = (struct symbols){.count = 0};
}

/* ---- looking up ---- */

uint64_t symbols_entry(const struct symbols *symbols)
{
    return header(symbols)->e_entry;
}

const struct symbol *symbol_named(const struct symbols *symbols,
                                  const char *file, const char *name)
{
    for (size_t i = 0; i < symbols->count; i++) {
        const struct symbol *one = &symbols->list[i];
        if (!strcmp(one->name, name) &&
            (!file || (one->file && !strcmp(one->file, file))))
            return one;
    }
    return NULL;
}

const struct symbol *symbol_at(const struct symbols *symbols, uint64_t address)
{
    const struct symbol *closest = NULL;
    for (size_t i = 0; i < symbols->count; i++) {
        const struct symbol *one = &symbols->list[i];
        if (!one->per_thread && address >= one->address &&
            address - one->address < one->size &&
            (!closest || one->address > closest->address))
            closest = one;
    }
    return closest;
}

/* A symbol by its index in the table of what comes from libraries. */
static const char *import_name(const struct symbols *symbols, unsigned table,
                               uint64_t index)
{
    const Elf64_Shdr *imports = section(symbols, table);
    const Elf64_Sym *one =
        imports && index < imports->sh_size / sizeof *one
            ? part(symbols, imports->sh_offset + index * sizeof *one,
                   sizeof *one)
            : NULL;
    return one ? text(symbols, imports->sh_link, one->st_name) : NULL;
}

const char *symbols_import(const struct symbols *symbols, uint64_t slot)
{
    for (unsigned i = 0; i < header(symbols)->e_shnum; i++) {
        const Elf64_Shdr *one = section(symbols, i);
        const Elf64_Rela *list =
            one && one->sh_type == SHT_RELA
                ? part(symbols, one->sh_offset, one->sh_size)
                : NULL;
        for (size_t j = 0; list && j < one->sh_size / sizeof *list; j++)
            if (list[j].r_offset == slot)
                return import_name(symbols, one->sh_link,
                                   ELF64_R_SYM(list[j].r_info));
    }
    return NULL;
}

bool symbols_section(const struct symbols *symbols, const char *name,
                     uint64_t *address, uint64_t *size)
{
    const Elf64_Ehdr *elf = header(symbols);
    for (unsigned i = 0; i < elf->e_shnum; i++) {
        const Elf64_Shdr *one = section(symbols, i);
        const char *its =
            one ? text(symbols, elf->e_shstrndx, one->sh_name) : NULL;
        if (its && !strcmp(its, name)) {
            *address = one->sh_addr;
            *size = one->sh_size;
            return true;
        }
    }
    return false;
}
