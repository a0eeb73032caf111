export declare const alias: Readonly<Record<string, string>>
