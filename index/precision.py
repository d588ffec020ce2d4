"""Which precision models compute in on this machine's CPU."""


def computes_bf16() -> bool:
    """Whether this CPU multiplies bf16 natively, which is when bf16 is faster than fp32.

    Measured with the shipped reader, 8 windows of 384 tokens, one thread of an EPYC (Zen 4) whose
    instructions were limited through ONEDNN_MAX_CPU_ISA, windows a second in fp32 and bf16: 8.0
    and 14.6 with AVX512-BF16; 7.8 and 4.1 with AVX-512 alone; 8.5 and 2.1 with AVX2.
    """
    import torch

    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
