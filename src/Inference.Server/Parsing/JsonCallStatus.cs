namespace Inference.Server.Parsing;

/// <summary>How far a call written in JSON is read.</summary>
internal enum JsonCallStatus
{
    /// <summary>More is to come.</summary>
    Reading,

    /// <summary>It is complete.</summary>
    Done,

    /// <summary>It is no call.</summary>
    Failed,
}
