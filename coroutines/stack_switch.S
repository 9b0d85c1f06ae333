/* SPDX-License-Identifier: MIT */
/* void stack_context_switch(void **from, void *to);
 *
 * Saves what the caller of a function expects to find again, stores the stack
 * pointer in *from, takes `to` for it, and finds there what was saved when that
 * stack was left. All other registers are free for use in any call. The control
 * words of the floating-point unit are not saved: no code here changes them.
 *
 * void stack_context_begin(void);
 *
 * Where a new stack goes on: calls what lies in the registers that
 * stack_context_new has prepared.
 */
#if defined(__x86_64__)

        .text
        .globl  stack_context_switch
        .type   stack_context_switch, @function
stack_context_switch:
        .cfi_startproc
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, (%rdi)            /* here the one stack is left, */
        movq    %rsi, %rsp              /* and from here on it is the other */
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        popq    %rcx                    /* not ret: the processor would expect */
        jmp     *%rcx                   /* to return to where it came from, and
                                           a wrong guess costs four switches */
        .cfi_endproc
        .size   stack_context_switch, .-stack_context_switch

        .globl  stack_context_begin
        .type   stack_context_begin, @function
stack_context_begin:
        .cfi_startproc
        .cfi_undefined %rip             /* backtraces end here */
        movq    %r12, %rdi
        callq   *%r13
        ud2                             /* it does not return */
        .cfi_endproc
        .size   stack_context_begin, .-stack_context_begin

#elif defined(__aarch64__)

        .text
        .globl  stack_context_switch
        .type   stack_context_switch, %function
stack_context_switch:
        .cfi_startproc
        stp     x29, x30, [sp, #-160]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        stp     d8, d9, [sp, #96]       /* a callee keeps their lower halves */
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        mov     x9, sp
        str     x9, [x0]                /* here the one stack is left, */
        mov     sp, x1                  /* and from here on it is the other */
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        ldp     x29, x30, [sp], #160
        br      x30                     /* not ret: see above */
        .cfi_endproc
        .size   stack_context_switch, .-stack_context_switch

        .globl  stack_context_begin
        .type   stack_context_begin, %function
stack_context_begin:
        .cfi_startproc
        .cfi_undefined x30              /* backtraces end here */
        mov     x0, x19
        blr     x20
        brk     #1                      /* it does not return */
        .cfi_endproc
        .size   stack_context_begin, .-stack_context_begin

#endif

/* Without this line the linker would make every stack of the program
   executable. */
        .section .note.GNU-stack,"",%progbits
