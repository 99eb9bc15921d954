namespace Inference.Engine;

/// <summary>How full the engine is, as of the scheduling of its latest step.</summary>
/// <param name="Running">Sequences that take part in steps.</param>
/// <param name="Waiting">Sequences that wait to join, preempted ones included.</param>
/// <param name="BlocksUsed">KV cache blocks that sequences hold.</param>
/// <param name="BlocksTotal">KV cache blocks in all.</param>
/// <param name="Preempted">Those of the waiting ones that have run before and gave their blocks up.</param>
public sealed record EngineStatus(int Running, int Waiting, int BlocksUsed, int BlocksTotal, int Preempted = 0);
