namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>Work in stages, each of which needs all of the one before: units of a stage may run in any order and on any thread.</summary>
internal interface IStagedBody
{
    /// <summary>How many stages.</summary>
    int Stages { get; }

    /// <summary>How many units a stage has.</summary>
    int Units(int stage);

    /// <summary>Computes a unit. Must not throw: other threads wait for it.</summary>
    void Invoke(int stage, int unit);
}
